/** Archives, and the tileset by OGC API: read by programs of others, beside the tiles that the server sends. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { each, Register, run, TOP, until } from './register.mjs';
import { EXTENT } from './tile.mjs';

const DEMO = join(TOP, 'fixtures/demo');
const PYTHON = process.env.DIABA_PYTHON ?? join(TOP, 'tests/.venv/bin/python');
const PROGRAM = resolve(TOP, process.env.DIABA ?? 'target/debug/diaba');
const MAX_ZOOM = 17;
/** The types of fields of MBTiles, as numpy has them. */
const KINDS = { Number: /^(int|float)/, String: /^object$/, Boolean: /^bool$/ };

describe('an archive of the demonstration', () => {
  const register = new Register();
  const file = join(register.scratch, 'demo.pmtiles');
  let server;
  let read;
  before(async () => {
    await register.done('units', join(DEMO, 'units.csv'));
    await register.load(join(DEMO, 'parcels.gpkg'), join(DEMO, 'register.csv'));
    server = await register.serve();
    await register.done('tiles', 'export', '--out', file, '--max-zoom', String(MAX_ZOOM));
    read = await python('tiles', file, server.url);
  });

  it('has every tile as the server sends it, and no other', (test) => {
    assert.deepEqual(read.different, []);
    assert.ok(read.tiles.length > 20 && read.compared > read.tiles.length);
    test.diagnostic(`${read.compared} tiles compared, ${read.tiles.length} in the archive`);
  });

  it('says what it holds', async () => {
    const { header, metadata, tiles, contents } = read;
    const description = await server.json('/tiles/parcels.json');
    const { register_position } = await server.json('/readyz');
    const zooms = tiles.map(([z]) => z);
    assert.deepEqual([header.min_zoom, header.max_zoom], [Math.min(...zooms), MAX_ZOOM]);
    assert.deepEqual([header.addressed_tiles_count, header.tile_contents_count], [tiles.length, contents]);
    assert.deepEqual([header.version, header.clustered, header.tile_type], [3, true, 'MVT']);
    assert.deepEqual([header.internal_compression, header.tile_compression], ['GZIP', 'GZIP']);
    const bounds = ['min_lon_e7', 'min_lat_e7', 'max_lon_e7', 'max_lat_e7'].map((name) => header[name]);
    assert.deepEqual(
      bounds,
      description.bounds.map((degrees) => Math.round(degrees * 1e7)),
    );
    assert.deepEqual(
      [metadata.register_position, metadata.version],
      [register_position, `${register_position}`],
    );
    assert.match(metadata.register_name, /^urn:uuid:[0-9a-f-]{36}$/);
  });

  it('has layers, zooms and fields as its metadata and the TileJSON say', async () => {
    const { vector_layers } = await server.json('/tiles/parcels.json');
    for (const { id, minzoom, maxzoom, ...rest } of read.metadata.vector_layers) {
      const layer = vector_layers.find((layer) => layer.id === id);
      assert.deepEqual(rest, { description: layer.description, fields: layer.fields });
      assert.deepEqual([minzoom, maxzoom], [layer.minzoom, Math.min(layer.maxzoom, MAX_ZOOM)]);
    }
    for (const { z, layers } of await decoded(read.tiles)) {
      for (const layer of Object.values(layers)) {
        const { minzoom, maxzoom, fields } = vector_layers.find(({ id }) => id === layer.name);
        assert.ok(minzoom <= z && z <= maxzoom, `${layer.name} at zoom ${z}`);
        for (const { properties } of featuresOf(layer)) {
          for (const [name, value] of Object.entries(properties)) {
            assert.equal(typeof value, fields[name]?.toLowerCase(), `${layer.name}.${name}`);
          }
        }
      }
    }
  });

  it('is read by GDAL, with as many features in each layer at each zoom as the tiles have', async (test) => {
    const zooms = [...new Set(read.tiles.map(([z]) => z))];
    const found = await python('layers', file, ...zooms);
    const tiles = await decoded(read.tiles);
    for (const { id, fields } of read.metadata.vector_layers) {
      const counts = Object.fromEntries(zooms.map((zoom) => [zoom, countIn(tiles, zoom, id)]));
      assert.deepEqual(found[id].features, counts, id);
      for (const [name, type] of Object.entries(fields)) {
        const kind = KINDS[type];
        assert.match(found[id].fields[name], kind, `${id}.${name}`);
      }
    }
    test.diagnostic(
      JSON.stringify(Object.fromEntries(Object.entries(found).map(([id, { features }]) => [id, features]))),
    );
  });

  it('is the same, byte for byte, after exports that were killed', async () => {
    const stopped = join(register.scratch, 'stopped.pmtiles');
    const whole = join(register.scratch, 'whole.pmtiles');
    const options = ['--max-zoom', '20', '--out'];
    await register.done('tiles', 'export', ...options, whole);
    for (const journal_bytes of [4_000, 16_000, 32_000]) {
      const args = ['--data-dir', register.folder, 'tiles', 'export', ...options, stopped];
      const exporting = spawn(PROGRAM, args, { env: { ...process.env, DATABASE_URL: '' }, stdio: 'ignore' });
      const ended = once(exporting, 'close');
      const journal = `${stopped}.journal.part`;
      const size = () => statSync(journal, { throwIfNoEntry: false })?.size ?? 0;
      await until('the export has begun', () => size() > journal_bytes || exporting.exitCode !== null);
      exporting.kill('SIGKILL');
      assert.deepEqual(await ended, [null, 'SIGKILL']);
    }
    const { code, stderr } = await register.diaba('tiles', 'export', ...options, stopped);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /going on after \d+ tiles/);
    assert.ok(readFileSync(stopped).equals(readFileSync(whole)));
  });

  it('has the same features as GDAL finds by OGC API', async (test) => {
    const { tileMatrixSetLimits, boundingBox } = await server.json('/ogc/tiles/WebMercatorQuad');
    const box = [...metres(boundingBox.lowerLeft), ...metres(boundingBox.upperRight)];
    const levels = tileMatrixSetLimits
      .map(({ tileMatrix }) => Number(tileMatrix))
      .filter((z) => z <= MAX_ZOOM);
    // Where there are collections, it looks for tiles in them only.
    const collection = `${server.url}/ogc/collections/parcels`;
    const found = await python('tileset', collection, ...box, ...levels);
    const tiles = await decoded(read.tiles);
    for (const level of levels) {
      // It reads the first layer of each tile, and leaves out what lies only in the buffer.
      const features = tiles
        .filter(({ z }) => z === level)
        .flatMap(({ layers }) => featuresOf(Object.values(layers)[0]));
      const inside = features.filter((feature) => feature.loadGeometry().flat().some(isInside));
      const [all, surely, ids] = [features, inside, found[level].map((id) => ({ id }))].map(idsOf);
      assert.deepEqual(without(surely, ids), [], `level ${level} lacks features`);
      assert.deepEqual(without(ids, all), [], `level ${level} has other features`);
    }
    test.diagnostic(JSON.stringify(levels.map((level) => found[level].length)));
  });

  /** The layers of tiles. */
  function decoded(addresses) {
    return each(addresses, async ([z, x, y]) => {
      const answer = await server.fetch(`/tiles/parcels/${z}/${x}/${y}`);
      return { z, layers: new VectorTile(new PbfReader(await answer.arrayBuffer())).layers };
    });
  }
});

const featuresOf = (layer) => Array.from({ length: layer.length }, (_, index) => layer.feature(index));
const isInside = ({ x, y }) => Math.min(x, y) > 0 && Math.max(x, y) < EXTENT;
const idsOf = (features) => new Set(features.map(({ id }) => id).filter((id) => id !== undefined));

const without = (some, others) => [...some].filter((one) => !others.has(one));

function countIn(tiles, zoom, layer) {
  const counts = tiles.filter(({ z }) => z === zoom).map(({ layers }) => layers[layer]?.length ?? 0);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Web Mercator metres of a place in degrees. */
function metres([lon, lat]) {
  const radius_m = 6_378_137;
  const radians = Math.PI / 180;
  return [radius_m * lon * radians, radius_m * Math.asinh(Math.tan(lat * radians))];
}

/** What the readers in Python say. */
async function python(...args) {
  const script = join(TOP, 'tests/acceptance/archive.py');
  const { code, stdout, stderr } = await run(PYTHON, [script, ...args.map(String)]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
