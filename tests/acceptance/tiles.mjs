/** Tiles of a whole register: decoded by `@mapbox/vector-tile` and by GDAL, beside PostGIS and the interface. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { each, randomFrom, run } from './register.mjs';
import { BUFFER, checkLabel, checkOutline, decode, EXTENT, isIn, nameOf, unitsOf } from './tile.mjs';

const LABEL_ZOOM = 16;

/**
 * Fetches every tile of the `whole` zooms that meets the register's parcels, and some of the `sampled` zooms. The parcels of
 * each must be those that PostGIS finds in the tile with its buffer, and say what the interface says.
 */
export async function compareTiles(register, server, { whole, sampled, samples, seed }) {
  const parcels = await parcelsOf(server);
  const extent = await extentOf(register);
  const random = randomFrom(seed);
  const tiles = [
    ...whole.flatMap((z) => tilesIn(extent, z)),
    ...sampled.flatMap((z) => some(tilesIn(extent, z), samples, random)),
  ];
  const expected = await expectedIn(register, tiles);
  const labelled = new Map(whole.filter((z) => z >= LABEL_ZOOM).map((z) => [z, []]));
  const summary = {
    tiles: 0,
    empty: 0,
    outlines: 0,
    labels: 0,
    at_the_edge: 0,
    specks: 0,
    corners_on_spikes: 0,
  };
  const drawn = [];

  await each(tiles, async (tile, index) => {
    const { outlines, labels, aggregates } = decode(await bothWays(server, tile), tile);
    assert.deepEqual(aggregates, [], `${nameOf(tile)} counts parcels that it has room for`);
    const { core, exactly, wide } = expected[index];
    const ids = outlines.map(({ id }) => id);
    assert.deepEqual(without(core, ids), [], `${nameOf(tile)} lacks parcels that are in it`);
    assert.deepEqual(without(ids, wide), [], `${nameOf(tile)} has parcels that are not in it`);
    for (const feature of outlines) {
      const { properties, geometry } = parcels.get(feature.id);
      assert.deepEqual({ ...feature.properties }, { ...inOutline(properties), ...inBoth(properties) });
      const { isSpeck, spikes } = checkOutline(feature, geometry.coordinates, tile);
      summary.specks += Number(isSpeck);
      summary.corners_on_spikes += spikes;
      drawn.push(feature.loadGeometry());
    }
    for (const feature of labels) {
      const { properties } = parcels.get(feature.id);
      assert.deepEqual({ ...feature.properties }, inBoth(properties));
      checkLabel(feature, properties.label_point, tile);
    }
    const inTile = [...parcels.values()].filter(({ properties }) => isIn(tile, properties.label_point));
    const wanted = tile.z < LABEL_ZOOM ? [] : inTile.map(({ id }) => id);
    assert.deepEqual(
      labels.map(({ id }) => id),
      wanted,
      `labels of ${nameOf(tile)}`,
    );
    labelled.get(tile.z)?.push(...wanted);
    summary.tiles += 1;
    summary.empty += Number(ids.length === 0);
    summary.outlines += ids.length;
    summary.labels += wanted.length;
    summary.at_the_edge += without(ids, exactly).length + without(exactly, ids).length;
  });
  for (const [z, ids] of labelled) {
    assert.deepEqual(
      ids.sort((a, b) => a - b),
      [...parcels.keys()],
      `zoom ${z} does not label each parcel once`,
    );
  }
  return { ...summary, touching_themselves: await countTouching(register, drawn) };
}

/**
 * In every tile of low zooms each parcel whose label lies in it is drawn or counted, with its use: over a zoom they add up to the
 * register. No tile has more than 500 KB. Gives how many are drawn and how many counted at each zoom.
 */
export async function compareCounts(register, server, zooms) {
  const parcels = await parcelsOf(server);
  const extent = await extentOf(register);
  const useOf = ({ land_use }) => land_use?.[0].code ?? '';
  const expected = tally([...parcels.values()].map(({ properties }) => [useOf(properties), 1]));
  const summary = {};
  for (const z of zooms) {
    const found = [];
    summary[z] = { drawn: 0, counted: 0 };
    await each(tilesIn(extent, z), async (tile) => {
      const body = await bothWays(server, tile);
      assert.ok(body.length <= 500_000, `${nameOf(tile)} has ${body.length} bytes`);
      const { outlines, aggregates } = decode(body, tile);
      for (const { id } of outlines) {
        const { properties } = parcels.get(id);
        if (!isIn(tile, properties.label_point)) continue;
        found.push([useOf(properties), 1]);
        summary[z].drawn += 1;
      }
      for (const { properties } of aggregates) {
        assert.equal(properties.aggregated, true);
        found.push([properties.land_use ?? '', properties.parcels]);
        summary[z].counted += properties.parcels;
      }
    });
    assert.deepEqual(tally(found), expected, `zoom ${z}`);
  }
  return summary;
}

function tally(pairs) {
  const counts = {};
  for (const [use, count] of pairs) counts[use] = (counts[use] ?? 0) + count;
  return Object.fromEntries(Object.entries(counts).sort());
}

/** How many outlines touch or cross themselves: in tile units thin parcels do, and so do those that the buffer's edge cuts. */
async function countTouching(register, outlines) {
  const text = (ring) => `(${ring.map(({ x, y }) => `${x} ${y}`)})`;
  const values = outlines.map((rings) => `('polygon(${rings.map(text)})')`).join(', ');
  const [{ count }] = await register.rows(`
    select count(*) from (values ${values}) outline (polygon) where not st_isvalid(polygon::geometry)`);
  return count;
}

/** All parcels as the interface gives them, page by page. */
async function parcelsOf(server) {
  const { bounds } = await server.json('/tiles/parcels.json');
  const [west, south, east, north] = bounds;
  const found = new Map();
  let next = `/api/v1/parcels?bbox=${west - 0.001},${south - 0.001},${east + 0.001},${north + 0.001}&limit=1000`;
  while (next !== undefined) {
    const page = await server.json(next);
    for (const parcel of page.features) {
      assert.ok(!found.has(parcel.id), 'a parcel stands on two pages');
      found.set(parcel.id, parcel);
    }
    next = page.next;
  }
  return found;
}

/** What a tile says of a parcel; of land whose use is not public neither use nor area. */
const inOutline = ({ commune, sheet_no }) => ({ commune: commune.code, sheet: sheet_no });
const inBoth = ({ parcel_no, land_use, legal_area_m2, computed_area_m2 }) => {
  const area_m2 = legal_area_m2 ?? computed_area_m2;
  return {
    number: parcel_no,
    ...(land_use && { land_use: land_use[0].code }),
    ...(area_m2 !== undefined && { area_m2 }),
  };
};

async function extentOf(register) {
  const [extent] = await register.rows(`
    select st_xmin(box) west, st_ymin(box) south, st_xmax(box) east, st_ymax(box) north
    from (select st_extent(geographic) box from current_parcel) extent`);
  return extent;
}

/** The tiles that, with their buffer, meet the extent. */
function tilesIn({ west, south, east, north }, z) {
  const origin = { z, x: 0, y: 0 };
  const margin = BUFFER / EXTENT;
  const [left, top] = unitsOf(origin, [west, north]).map((unit) => Math.floor(unit / EXTENT - margin));
  const [right, bottom] = unitsOf(origin, [east, south]).map((unit) => Math.floor(unit / EXTENT + margin));
  const columns = Array.from({ length: right - left + 1 }, (_, step) => left + step);
  const rows = Array.from({ length: bottom - top + 1 }, (_, step) => top + step);
  return columns.flatMap((x) => rows.map((y) => ({ z, x, y })));
}

function some(list, count, random) {
  const left = [...list];
  const taken = () => left.splice(Math.floor(random() * left.length), 1)[0];
  return Array.from({ length: Math.min(count, left.length) }, taken);
}

/** The parcels that PostGIS finds in each buffered tile, and in the same box a tile unit smaller and larger. */
function expectedIn(register, tiles) {
  const values = tiles.map(({ z, x, y }, number) => `(${number}, ${z}, ${x}, ${y})`).join(', ');
  const within = (box) =>
    `array(select parcel_id from parcel where outline && ${box} and st_intersects(outline, ${box}) order by parcel_id)`;
  return register.rows(`
    with tile (number, z, x, y) as (values ${values}), box as (
      select number, st_tileenvelope(z, x, y, margin => ${BUFFER}.0 / ${EXTENT}) box, 40075016.685578488 / 2 ^ z / ${EXTENT} unit from tile
    ), parcel as materialized (select parcel_id, st_transform(geographic, 3857) outline from current_parcel)
    select ${within('st_expand(box, -unit)')} core, ${within('box')} exactly, ${within('st_expand(box, unit)')} wide
    from box order by number`);
}

/** The bytes of a tile, fetched plain and compressed; a second time it is known. */
async function bothWays(server, tile) {
  const path = `/tiles/parcels/${nameOf(tile)}`;
  const plain = await fetched(server, path, {});
  const gzip = await fetched(server, path, { 'accept-encoding': 'gzip' });
  const known = await fetched(server, path, { 'if-none-match': plain.headers.etag });
  assert.deepEqual([plain.status, gzip.status, known.status], [200, 200, 304], path);
  assert.deepEqual(
    [plain.headers['content-encoding'], gzip.headers['content-encoding']],
    [undefined, 'gzip'],
  );
  assert.notEqual(plain.headers.etag, gzip.headers.etag);
  assert.ok(gunzipSync(gzip.body).equals(plain.body), `${path} is another tile when it is compressed`);
  return plain.body;
}

/** An answer as it comes over the wire. */
function fetched(server, path, headers) {
  return new Promise((resolve, reject) => {
    const request = http.get(new URL(path, server.url), { headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    request.on('error', reject);
  });
}

/** GDAL reads a tile of each zoom, and a page of parcels as GeoJSON: with as many features as there are. */
export async function readWithGdal(register, server, zooms) {
  const [{ lon, lat }] = await register.rows(`
    select st_x(label_point) lon, st_y(label_point) lat from current_parcel order by parcel_id offset 1234 limit 1`);
  const read = [];
  for (const z of zooms) {
    const [x, y] = unitsOf({ z, x: 0, y: 0 }, [lon, lat]).map((unit) => Math.floor(unit / EXTENT));
    const tile = { z, x, y };
    const { body } = await fetched(server, `/tiles/parcels/${nameOf(tile)}`, {});
    const { outlines, labels, aggregates, areas } = decode(body, tile);
    const file = join(register.scratch, `${z}.mvt`);
    writeFileSync(file, body);
    const { counts, complaints } = await ogrinfo(`MVT:${file}`);
    const features = [outlines, labels, aggregates, areas].map((list) => list.length);
    const areaLayers = ['provinces', 'communes', 'sheets', 'area_labels'];
    const areaCount = areaLayers.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
    assert.deepEqual(
      [counts.parcels ?? 0, counts.labels ?? 0, counts.aggregates ?? 0, areaCount],
      features,
      nameOf(tile),
    );
    // It cuts outlines to the tile, and says so of those that touch themselves.
    assert.ok(
      complaints.every((line) => line.includes('TopologyException')),
      complaints.join('\n'),
    );
    read.push(features.reduce((sum, count) => sum + count));
  }
  const box = [lon - 0.001, lat - 0.001, lon + 0.001, lat + 0.001];
  const file = join(register.scratch, 'page.geojson');
  writeFileSync(file, await (await server.fetch(`/api/v1/parcels?bbox=${box}&limit=1000`)).text());
  const { counts, complaints } = await ogrinfo(file);
  assert.deepEqual(complaints, []);
  const [{ count }] = await register.rows(`
    select count(*) from current_parcel where st_intersects(geographic, st_makeenvelope(${box}, 4326))`);
  assert.deepEqual(Object.values(counts), [count]);
  return { features_of_tiles: read, features_of_geojson: count };
}

/** Layer names with feature counts, and what else `ogrinfo` says. */
async function ogrinfo(source) {
  const { code, stdout, stderr } = await run('ogrinfo', ['-ro', '-so', '-al', source]);
  assert.equal(code, 0, stderr);
  const found = [...stdout.matchAll(/^Layer name: (.+)$[\s\S]*?^Feature Count: (\d+)$/gm)];
  const counts = Object.fromEntries(found.map(([, name, count]) => [name, Number(count)]));
  return { counts, complaints: stderr.split('\n').filter((line) => line !== '') };
}

const without = (list, others) => {
  const known = new Set(others);
  return list.filter((id) => !known.has(id));
};
