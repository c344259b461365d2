/** Which parcels cover a place: the interface beside PostGIS. */
import assert from 'node:assert/strict';
import { each, randomFrom } from './register.mjs';

/**
 * Asks for places in and around a zone's parcels, and on their corners and edges.
 *
 * Places are drawn as millimetres of the zone. PostGIS decides on the legal geometry in whole millimetres, where its predicates are
 * exact; it also gives the degrees that the interface is asked with, by the direction of its transformation that is exact.
 */
export async function comparePoints(register, server, { commune, seed, anywhere, corners, edges }) {
  const random = randomFrom(seed);
  const whole = (low, high) => low + Math.floor(random() * (high - low + 1));
  const segments = await register.rows(`
    with ring as (
      select st_exteriorring((st_dumprings(st_geometryn(legal_geometry, 1))).geom) line
      from current_parcel where commune_code = '${commune}' order by parcel_id
    ), corner as (
      select line, (st_dumppoints(line)).path[1] number, (st_dumppoints(line)).geom point from ring
    )
    select round(1000 * st_x(a.point))::bigint x1, round(1000 * st_y(a.point))::bigint y1,
           round(1000 * st_x(b.point))::bigint x2, round(1000 * st_y(b.point))::bigint y2
    from corner a join corner b on a.line = b.line and b.number = a.number + 1`);
  const east = segments.map(({ x1 }) => x1);
  const north = segments.map(({ y1 }) => y1);
  const [west_mm, east_mm, south_mm, north_mm] = [least(east), most(east), least(north), most(north)];
  const some = () => segments[whole(0, segments.length - 1)];
  const places = [
    ...times(anywhere, () => ({
      kind: 'anywhere',
      x: whole(west_mm, east_mm),
      y: whole(south_mm, north_mm),
    })),
    ...times(corners, some).map(({ x1, y1 }) => ({ kind: 'corner', x: x1, y: y1 })),
    ...times(edges, some).map(({ x1, y1, x2, y2 }) => ({
      kind: 'edge',
      x: Math.round((x1 + x2) / 2),
      y: Math.round((y1 + y2) / 2),
    })),
  ];

  const values = places.map(({ x, y }, number) => `(${number}, ${x}::float8, ${y}::float8)`).join(', ');
  const inDatabase = await register.rows(`
    with parcel as (
      select parcel_id, legal_geometry, st_snaptogrid(st_scale(legal_geometry, 1000, 1000), 1) in_mm
      from current_parcel where commune_code = '${commune}'
    ), zone as (select st_srid(legal_geometry) srid from parcel limit 1),
    place (number, x, y) as (values ${values}), at as (
      select number, st_setsrid(st_makepoint(x, y), srid) in_mm, st_setsrid(st_makepoint(x / 1000, y / 1000), srid) in_m
      from place, zone
    )
    select st_x(st_transform(in_m, 4326)) lon, st_y(st_transform(in_m, 4326)) lat,
      array(select parcel_id from parcel where st_covers(parcel.in_mm, at.in_mm) order by parcel_id) exactly,
      array(select parcel_id from parcel where st_covers(legal_geometry, in_m) order by parcel_id) in_metres
    from at order by number`);

  const answered = await each(inDatabase, async ({ lon, lat }) => {
    const { parcels } = await server.json(`/api/v1/identify?lon=${lon.toFixed(14)}&lat=${lat.toFixed(14)}`);
    return parcels.map(({ parcel_id }) => parcel_id);
  });
  const compared = places.map((place, index) => ({
    ...place,
    ...inDatabase[index],
    answered: answered[index],
  }));
  const differing = compared.filter(({ exactly, answered }) => String(exactly) !== String(answered));
  assert.deepEqual(differing, []);
  for (const { kind, exactly } of compared)
    assert.ok(kind !== 'corner' || exactly.length > 0, 'a corner is of some parcel');
  return {
    asked: compared.length,
    covered: compared.filter(({ answered }) => answered.length > 0).length,
    shared: compared.filter(({ answered }) => answered.length > 1).length,
    /** Places on an edge that floating-point metres put beside it, or the reverse. */
    otherwise_in_metres: compared.filter(({ exactly, in_metres }) => String(exactly) !== String(in_metres))
      .length,
  };
}

const times = (count, make) => Array.from({ length: count }, make);
const least = (numbers) => numbers.reduce((least, number) => Math.min(least, number));
const most = (numbers) => numbers.reduce((most, number) => Math.max(most, number));
