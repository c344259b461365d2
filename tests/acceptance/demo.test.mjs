/** The demonstration commune: loaded, served, and compared with PostGIS, GDAL and npm packages. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { compareDescription, faultsOfDescription } from './description.mjs';
import { comparePoints } from './points.mjs';
import { passedThough, signedAnswer, verified } from './portal.mjs';
import { PROGRAM, Register, run, TOP } from './register.mjs';
import { compareShapes } from './shapes.mjs';
import { compareCounts, compareTiles, readWithGdal } from './tiles.mjs';

const DEMO = join(TOP, 'fixtures/demo');

describe('the demonstration commune', () => {
  const register = new Register();
  let server;
  before(async () => {
    await register.done('units', join(DEMO, 'units.csv'));
    const report = await register.load(join(DEMO, 'parcels.gpkg'), join(DEMO, 'register.csv'));
    assert.deepEqual(report.parcels, {
      read: 2500,
      new: 2418,
      changed: 0,
      unchanged: 0,
      waiting: 82,
      rejected: 0,
    });
    server = await register.serve();
  });

  it('covers 1,000 places anywhere and 300 on corners and edges as PostGIS says', async (test) => {
    const plan = { commune: '99001', seed: 1, anywhere: 1000, corners: 150, edges: 150 };
    const summary = await comparePoints(register, server, plan);
    test.diagnostic(JSON.stringify(summary));
    assert.ok(summary.covered > 500 && summary.shared > 100);
  });

  it('is found in boxes and polygons as PostGIS says', async (test) => {
    const summary = await compareShapes(register, server, { count: 100, seed: 1 });
    test.diagnostic(JSON.stringify(summary));
    assert.ok(summary.parcels > 1000);
  });

  it('is in every tile as PostGIS and the interface have it', async (test) => {
    const plan = { whole: [14, 15, 16, 17], sampled: [18, 19, 20, 21, 22], samples: 40, seed: 1 };
    const summary = await compareTiles(register, server, plan);
    test.diagnostic(JSON.stringify(summary));
    assert.ok(summary.outlines > 5000 && summary.empty < summary.tiles / 2);
  });

  it('is drawn or counted once at every low zoom', async (test) => {
    const zooms = Array.from({ length: 14 }, (_, zoom) => zoom);
    test.diagnostic(JSON.stringify(await compareCounts(register, server, zooms)));
  });

  it('is read by GDAL, as tiles and as GeoJSON', async (test) => {
    test.diagnostic(
      JSON.stringify(await readWithGdal(register, server, [4, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22])),
    );
  });

  it('is served with a description that is valid by OpenAPI 3.1', async () => {
    assert.deepEqual(await faultsOfDescription(server), []);
  });

  describe('answers a client', () => {
    let parcel;
    let answer;
    before(async () => {
      parcel = await server.json('/api/v1/communes/99001/sheets/1/parcels/1');
      answer = await signedAnswer(register, server, parcel);
    });

    it('with a signature that the program and jose find good', async () => {
      const [byProgram, bySavedKeys, byJose] = await Promise.all(
        ['diaba', 'diaba with saved keys', 'jose'].map((by) => verified(answer, by, register)),
      );
      assert.ok(byProgram.isValid && bySavedKeys.isValid && byJose.isValid, byProgram.stderr + byJose.stderr);
      assert.deepEqual(byProgram.content, byJose.content);
      assert.deepEqual(bySavedKeys.content, byJose.content);
      const { data, request, register_position, dossier } = byJose.content;
      assert.equal(data.national_code, parcel.national_code);
      assert.equal(register_position, parcel.register_position);
      assert.equal(`${request.path}?${request.query}`, answer.path);
      assert.equal(dossier, 'H29.3-261122-0001');
      const ledger = await register.rows('select actor, outcome, entry_no from access_ledger');
      assert.deepEqual(ledger, [
        { actor: byJose.content.aud, outcome: 'answered', entry_no: Number(byJose.content.jti) },
      ]);
    });

    it('with a signature that breaks with any byte', async (test) => {
      for (const [by, count] of [
        ['jose', 200],
        ['diaba', 60],
      ]) {
        const { tried, passed } = await passedThough(answer, by, count, register);
        test.diagnostic(`${by}: ${tried} changes`);
        assert.deepEqual(passed, [], by);
      }
    });

    it('and everybody else as its description says', async (test) => {
      const count = await compareDescription(server, {
        parcel,
        token: answer.token,
        dossier: 'H29.3-261122-0002',
      });
      test.diagnostic(`${count} operations`);
    });
  });

  it('is shown in a browser as the tests of the map want it', async (test) => {
    const env = {
      DIABA_URL: server.url,
      // What edits this register while it is shown.
      DIABA: PROGRAM,
      DIABA_DATA_DIR: register.folder,
      DATABASE_URL: '',
      // This process' marks would tell the inner test runner that it is one of its files.
      NODE_TEST_CONTEXT: undefined,
    };
    const { code, stdout, stderr } = await run('npm', ['--prefix', join(TOP, 'web'), 'run', 'test:browser'], {
      env,
    });
    assert.equal(code, 0, stdout + stderr);
    const passed = Number(/^# pass (\d+)$/m.exec(stdout)?.[1]);
    test.diagnostic(`${passed} tests`);
    assert.ok(passed >= 30);
  });

  it("says in its log that the map's tests edited it past the program, and nothing else", async () => {
    await server.stop({ complaints: ['the register was changed past the program'] });
  });
});
