/** Which parcels meet a box or a polygon: the interface, page by page, beside PostGIS. */
import assert from 'node:assert/strict';
import { each, randomFrom } from './register.mjs';

/** A centimetre, in degrees: the interface draws edges straight in Mercator, PostGIS in degrees. */
const NEAR = 1e-7;

/** Asks for so many random boxes and as many random triangles. */
export async function compareShapes(register, server, { count, seed }) {
  const random = randomFrom(seed);
  const { bounds } = await server.json('/tiles/parcels.json');
  const [west, south, east, north] = bounds;
  const shapes = Array.from({ length: 2 * count }, (_, number) => {
    const [lon, lat] = [west + random() * (east - west), south + random() * (north - south)];
    const [width, height] = [0.0001 + random() * 0.002, 0.0001 + random() * 0.002];
    const [right, top] = [lon + width, lat + height];
    const isBox = number < count;
    const third = isBox ? [right, top] : [lon + width * random(), top];
    return [
      [lon, lat],
      [right, isBox ? lat : lat + height * random()],
      third,
      ...(isBox ? [[lon, top]] : []),
    ];
  });
  const closed = (shape) => [...shape, shape[0]];
  const values = shapes.map(
    (shape, number) => `(${number}, 'srid=4326;polygon((${closed(shape).map((at) => at.join(' '))}))')`,
  );
  const meeting = (condition) =>
    `array(select parcel_id from current_parcel where ${condition} order by parcel_id)`;
  const expected = await register.rows(`
    with shape as (select number, text::geometry shape from (values ${values}) given (number, text))
    select ${meeting('st_intersects(geographic, shape)')} exactly,
           ${meeting(`st_intersects(geographic, st_buffer(shape, -${NEAR}))`)} core,
           ${meeting(`st_dwithin(geographic, shape, ${NEAR})`)} wide
    from shape order by number`);
  const summary = { asked: shapes.length, parcels: 0, at_the_edge: 0 };
  await each(shapes, async (shape, index) => {
    const isBox = shape.length === 4;
    const body = JSON.stringify({ type: 'Polygon', coordinates: [closed(shape)] });
    const request = { method: 'POST', headers: { 'content-type': 'application/geo+json' }, body };
    const ids = isBox
      ? await pages(server, `/api/v1/parcels?bbox=${[...shape[0], ...shape[2]]}&limit=7`)
      : await pages(server, '/api/v1/parcels/within?limit=7', request);
    const { exactly, core, wide } = expected[index];
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
    );
    assert.ok(
      core.every((id) => ids.includes(id)) && ids.every((id) => wide.includes(id)),
      JSON.stringify(shape),
    );
    summary.parcels += ids.length;
    summary.at_the_edge += Number(String(ids) !== String(exactly));
  });
  return summary;
}

/** The ids of all pages of a list. */
async function pages(server, first, request) {
  const ids = [];
  for (let next = first; next !== undefined; ) {
    const page = await server.json(next, request);
    ids.push(...page.features.map(({ id }) => id));
    next = page.next;
  }
  return ids;
}
