/** A server's life: killed, adopted, loaded into while it serves, stopped. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Register, run, TOP, until } from './register.mjs';

const DEMO = join(TOP, 'fixtures/demo');
const FIELDS = 'geom, MaXa, SoHieuToBanDo, SoThuTuThua, DienTich, DienTichPhapLy, DiaChi, TyLe';
const COUNT = 2500;

describe('a server', () => {
  const register = new Register();
  const path = '/api/v1/communes/99001/sheets/3/parcels';
  let server;
  before(async () => {
    await register.done('units', join(DEMO, 'units.csv'));
    // All of the commune but one parcel, and another with a use that it does not have.
    const use = `case when SoHieuToBanDo = 3 and SoThuTuThua = 17 then 'NTS' else KyHieuMucDichSuDung end as KyHieuMucDichSuDung`;
    const sql = `select ${FIELDS}, ${use} from parcels where not (SoHieuToBanDo = 3 and SoThuTuThua = 18)`;
    const file = join(register.scratch, 'earlier.gpkg');
    const { code, stderr } = await run('ogr2ogr', [
      file,
      join(DEMO, 'parcels.gpkg'),
      '-dialect',
      'SQLite',
      '-sql',
      sql,
      '-nln',
      'parcels',
    ]);
    assert.equal(code, 0, stderr);
    const { parcels } = await register.load(file);
    assert.deepEqual([parcels.read, parcels.rejected], [COUNT - 1, 0]);
    server = await register.serve();
  });

  it('that serves shows what is loaded beside it within two seconds', async (test) => {
    const known = await server.json(`${path}/17`);
    assert.deepEqual([known.land_use[0].code, known.revision], ['NTS', 1]);
    assert.equal((await server.fetch(`${path}/18`)).status, 404);
    const { parcels } = await register.load(join(DEMO, 'parcels.gpkg'));
    const loaded = performance.now();
    assert.equal(parcels.read, COUNT);

    await until('the index has the load', async () => (await server.json('/readyz')).parcels === COUNT, 2);
    test.diagnostic(`in the index ${Math.round(performance.now() - loaded)} ms after the load`);
    const changed = await server.json(`${path}/17`);
    assert.deepEqual([changed.parcel_id, changed.revision], [known.parcel_id, 2]);
    assert.notEqual(changed.land_use[0].code, 'NTS');
    const added = await server.json(`${path}/18`);
    const [lon, lat] = added.label_point;
    const { parcels: found } = await server.json(`/api/v1/identify?lon=${lon}&lat=${lat}`);
    assert.deepEqual(
      found.map(({ parcel_id }) => parcel_id),
      [added.parcel_id],
    );
  });

  it('that is killed leaves a database that the next one adopts, with everything in it', async () => {
    const before = await state(server);
    const postmasters = register.postmasters();
    assert.equal(postmasters.length, 1);
    await server.kill();
    assert.deepEqual(register.postmasters(), postmasters);
    server = await register.serve();
    assert.deepEqual(register.postmasters(), postmasters);
    assert.deepEqual(await state(server), before);
  });

  it('finds everything again after its database was killed with it', async () => {
    const before = await state(server);
    await server.kill();
    for (const pid of register.postmasters()) process.kill(Number(pid), 'SIGKILL');
    await until('the database is gone', () => register.postmasters().length === 0);
    server = await register.serve();
    assert.deepEqual(await state(server), before);
  });

  it('that is asked to stop does so within 15 seconds and leaves no database running', async (test) => {
    assert.equal(register.postmasters().length, 1);
    const asked = performance.now();
    await server.stop();
    const took_ms = performance.now() - asked;
    test.diagnostic(`stopped after ${Math.round(took_ms)} ms`);
    assert.ok(took_ms < 15_000);
    assert.deepEqual(register.postmasters(), []);
  });
});

/** What a server has: its readiness with counts and position, and a parcel. */
async function state(server) {
  const parcel = await server.json('/api/v1/communes/99001/sheets/3/parcels/17');
  return { readiness: await server.json('/readyz'), parcel };
}
