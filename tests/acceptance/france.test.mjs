/** Real boundaries: 4,241 French parcels, moved into a zone of Viet Nam as an invented commune. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { comparePoints } from './points.mjs';
import { Register, run, TOP } from './register.mjs';
import { compareCounts, compareTiles, readWithGdal } from './tiles.mjs';

const SHARED = process.env.DIABA_SHARED ?? join(TOP, '../shared');
const SOURCE = join(SHARED, 'data/france/cadastre-91216-parcelles.geojson');
const COUNT = 4241;
const COMMUNE = '99002';
const UNITS = `code,level,name,parent_code,valid_from,valid_until,zone
98,province,Tỉnh Mẫu,,2025-07-01,,9210
${COMMUNE},commune,Xã Épinay,98,2025-07-01,,
`;

describe('4,241 real parcels', { skip: !existsSync(SOURCE) && `${SOURCE} is not there` }, () => {
  const register = new Register();
  const file = (name) => join(register.scratch, name);
  let report;
  let server;
  before(async () => {
    await moveParcels(register.scratch);
    writeFileSync(file('units.csv'), UNITS);
    await register.done('units', file('units.csv'));
    report = await register.load(file('parcels.gpkg'));
    server = await register.serve();
  });

  it('are all accounted for', (test) => {
    const { read, new: added, changed, unchanged, waiting, rejected } = report.parcels;
    test.diagnostic(
      JSON.stringify({ ...report.parcels, faults: report.faults, duration_ms: report.duration_ms }),
    );
    assert.deepEqual({ read, known: [changed, unchanged] }, { read: COUNT, known: [0, 0] });
    assert.equal(added + waiting + rejected, COUNT);
    assert.equal(rejected, 0, JSON.stringify(report.all_faults.slice(0, 10)));
  });

  it('are unchanged when they come again, and when they come as a shapefile', async () => {
    for (const name of ['parcels.gpkg', 'parcels.shp']) {
      const again = await register.load(file(name));
      const { read, new: added, changed, rejected } = again.parcels;
      assert.deepEqual(
        { read, added, changed, rejected },
        { read: COUNT, added: 0, changed: 0, rejected: 0 },
        name,
      );
      assert.deepEqual([again.sheets_written, again.waiting_parcels_new], [0, 0], name);
      assert.equal(again.register_position, report.register_position, name);
    }
  });

  it('have the areas, label points and national codes that PostGIS and GDAL compute', async () => {
    const parcels = await register.rows(`
      select sheet_no, parcel_no, legal_area_m2, computed_area_m2, national_code,
             st_area(st_snaptogrid(st_scale(legal_geometry, 1000, 1000), 1)) / 1e6 area_m2, st_isvalid(legal_geometry) is_valid,
             st_geohash(label_point, 12) code, st_contains(geographic, label_point) is_inside
      from current_parcel order by sheet_no, parcel_no`);
    const sql = 'select SoHieuToBanDo, SoThuTuThua, DienTichPhapLy, OGR_GEOM_AREA from parcels';
    const csv = await ok(
      'ogr2ogr',
      '-f',
      'CSV',
      '/vsistdout/',
      file('parcels.gpkg'),
      '-dialect',
      'OGRSQL',
      '-sql',
      sql,
    );
    const number = (text) => (text === '' ? null : Number(text));
    const byGdal = csv
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.replaceAll('"', '').split(',').map(number));
    assert.deepEqual([parcels.length, byGdal.length], [COUNT, COUNT]);
    byGdal.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    parcels.forEach((parcel, index) => {
      const [sheet_no, parcel_no, legal_area_m2, area_m2] = byGdal[index];
      assert.deepEqual(
        [parcel.sheet_no, parcel.parcel_no, parcel.legal_area_m2],
        [sheet_no, parcel_no, legal_area_m2],
      );
      assert.ok(parcel.is_valid && parcel.is_inside);
      assert.equal(parcel.national_code, parcel.code);
      for (const area of [parcel.area_m2, area_m2]) {
        assert.ok(Math.abs(area - parcel.computed_area_m2) <= 0.0501, `${sheet_no}/${parcel_no}: ${area}`);
      }
    });
  });

  it('cover 1,000 places anywhere and 300 on corners and edges as PostGIS says', async (test) => {
    const plan = { commune: COMMUNE, seed: 2, anywhere: 1000, corners: 150, edges: 150 };
    const summary = await comparePoints(register, server, plan);
    test.diagnostic(JSON.stringify(summary));
    assert.ok(summary.covered > 500 && summary.shared > 100);
  });

  it('are in every tile as PostGIS and the interface have them', async (test) => {
    const plan = { whole: [14, 15, 16, 17], sampled: [18, 19, 20, 21, 22], samples: 60, seed: 2 };
    const summary = await compareTiles(register, server, plan);
    test.diagnostic(JSON.stringify(summary));
    assert.ok(summary.outlines > 10000);
  });

  it('is drawn or counted once at every low zoom', async (test) => {
    const zooms = Array.from({ length: 14 }, (_, zoom) => zoom);
    test.diagnostic(JSON.stringify(await compareCounts(register, server, zooms)));
  });

  it('are read by GDAL, as tiles and as GeoJSON', async (test) => {
    test.diagnostic(
      JSON.stringify(await readWithGdal(register, server, [4, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22])),
    );
  });
});

/** Writes the parcels, moved, as GeoPackage and as shapefile. Sections become sheets. */
async function moveParcels(folder) {
  const plane = await ok(
    'ogr2ogr',
    '-f',
    'GeoJSON',
    '/vsistdout/',
    SOURCE,
    '-t_srs',
    'EPSG:2154',
    '-lco',
    'COORDINATE_PRECISION=6',
  );
  const { features } = JSON.parse(plane);
  const points = features.flatMap(({ geometry }) => geometry.coordinates.flat());
  const [west, south] = [0, 1].map((axis) =>
    Math.floor(points.reduce((least, point) => Math.min(least, point[axis]), Infinity)),
  );
  // Whole millimetres, so that every format carries the same coordinates.
  const millimetres = (value) => Math.round(value * 1000) / 1000;
  const move = ([x, y]) => [millimetres(x - west + 600_000), millimetres(y - south + 1_190_000)];
  const sections = [...new Set(features.map(({ properties }) => properties.section))].sort();
  const moved = features.map(({ geometry, properties: { section, numero, contenance } }) => ({
    type: 'Feature',
    properties: {
      MaXa: COMMUNE,
      SoHieuToBanDo: sections.indexOf(section) + 1,
      SoThuTuThua: Number(numero),
      DienTichPhapLy: contenance,
      KyHieuMucDichSuDung: contenance < 2000 ? 'ODT' : 'CLN',
      TyLe: 1000,
    },
    geometry: { ...geometry, coordinates: geometry.coordinates.map((ring) => ring.map(move)) },
  }));
  const file = join(folder, 'moved.geojson');
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features: moved }));
  for (const name of ['parcels.gpkg', 'parcels.shp']) {
    await ok('ogr2ogr', join(folder, name), file, '-a_srs', 'EPSG:9210', '-nln', 'parcels');
  }
}

async function ok(program, ...args) {
  const { code, stdout, stderr } = await run(program, args);
  assert.equal(code, 0, `${program}: ${stderr}`);
  return stdout;
}
