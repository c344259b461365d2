/** Server and database killed at any moment of the desk's operations: each is wholly there or wholly not, and never twice. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Register, randomFrom, TOP, until } from './register.mjs';

/** Operations that something is killed in: more where this variable says so. */
const KILLS = Number(process.env.DIABA_TEST_KILLS ?? 9);
/** A row of squares of 20 m from here on. */
const [EAST, NORTH, SQUARES] = [603_000, 1_192_000, 12];
const AROUND = '/api/v1/parcels?bbox=106.6,10.7,106.8,10.9&limit=1000&crs=zone';

describe('an operation in which the server or PostgreSQL is killed', () => {
  const register = new Register();
  const random = randomFrom(20_261_128);
  let server;
  let token;

  before(async () => {
    await register.done('units', join(TOP, 'fixtures/demo/units.csv'));
    const file = join(register.scratch, 'row.geojson');
    writeFileSync(file, JSON.stringify(row()));
    assert.equal((await register.load(file)).parcels.rejected, 0);
    token = /diaba_\S+/.exec(await register.done('token', 'officer', 'Trần Thị B'))[0];
    server = await register.serve();
  });

  /** Sends operations. */
  async function post(path, { operations, tags, key }) {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'if-match': tags,
    };
    if (key) headers['idempotency-key'] = key;
    const answer = await server.fetch(path, {
      method: 'POST',
      headers,
      body: JSON.stringify({ operations }),
    });
    return {
      status: answer.status,
      isRepeated: answer.headers.get('idempotency-repeated') === 'true',
      body: await answer.json(),
    };
  }

  /** A random request that is lawful now. */
  async function lawful() {
    for (;;) {
      const { features } = await server.json(AROUND);
      const pick = () => features[Math.floor(random() * features.length)].properties;
      const [one, other] = [pick(), pick()];
      const anywhere = () => [EAST + 300 * random(), NORTH - 5 + 30 * random()];
      const parcels = [one.parcel_id, other.parcel_id];
      const operation = [
        {
          kind: 'split',
          parcel: one.parcel_id,
          by: { equal: { along_m: [anywhere(), anywhere()], parts: 2 } },
        },
        { kind: 'merge', parcels },
        { kind: 'adjust', parcels, line_m: [anywhere(), anywhere()] },
      ][Math.floor(random() * 3)];
      const tags = [one, other].map(({ parcel_id, revision }) => `"${parcel_id}-${revision}"`).join(', ');
      const request = { operations: [operation], tags };
      const { status, body } = await post('/api/v1/operations?dry_run=true', request);
      if (status === 200 && body.violations.every(({ severity }) => severity === 'warning')) return request;
    }
  }

  /** Kills one of the two; what is left goes on, or the next takes over. */
  async function kill(victim) {
    if (victim === 'server') {
      await server.kill();
      register.servers.delete(server);
      server = await register.serve();
      return;
    }
    for (const pid of register.postmasters()) process.kill(Number(pid), victim);
  }

  /** The same request again until it is answered for good. */
  async function again(request) {
    let answer;
    await until(
      'the request is answered',
      async () => {
        answer = await post('/api/v1/operations', request).catch(() => ({ status: 0 }));
        const isAnswered = [201, 404, 412, 422].includes(answer.status);
        if (!isAnswered) await new Promise((resolve) => setTimeout(resolve, 200));
        return isAnswered;
      },
      120,
    );
    return answer;
  }

  it(`is wholly there or wholly not, and done once by the same request again (${KILLS} times)`, async (test) => {
    let usual_ms = 0;
    for (let turn = 0; turn < 3; turn += 1) {
      const request = await lawful();
      const started = performance.now();
      assert.equal((await post('/api/v1/operations', request)).status, 201);
      usual_ms = performance.now() - started;
    }
    const counts = { answered: 0, 'committed, not answered': 0, 'not committed': 0 };
    const victims = ['server', 'SIGKILL', 'SIGQUIT'];
    for (let turn = 0; turn < KILLS; turn += 1) {
      const request = { ...(await lawful()), key: `turn-${turn}` };
      const first = post('/api/v1/operations', request).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, (0.2 + 1.4 * random()) * usual_ms));
      await kill(victims[turn % victims.length]);
      const answer = await first;
      const second = await again(request);
      assert.equal(second.status, 201, JSON.stringify(second));
      if (answer?.status === 201) {
        assert.deepEqual([second.isRepeated, second.body], [true, answer.body]);
        counts.answered += 1;
      } else {
        counts[second.isRepeated ? 'committed, not answered' : 'not committed'] += 1;
      }
      const third = await again(request);
      assert.deepEqual([third.isRepeated, third.body], [true, second.body]);
      if (turn % 20 === 19) test.diagnostic(`${turn + 1}: ${JSON.stringify(counts)}`);
    }
    test.diagnostic(JSON.stringify(counts));
    await wholeness();
    // Its log is full of what was done to it.
    await server.kill();
    register.servers.delete(server);
  });

  /** Every entry is wholly there, nothing is there without its entry, and the land is what it was. */
  async function wholeness() {
    const [found] = await register.rows(`
      select (select count(*) from land_operation) as entries,
             (select count(*) from land_operation o
              where (select count(*) from parcel_version v where v.land_operation_id = o.land_operation_id)
                    is distinct from jsonb_array_length(report->'made') + jsonb_array_length(report->'renewed')
                 or exists (select from jsonb_array_elements(report->'retired') r
                            join current_parcel c on c.parcel_id = (r->>'parcel_id')::bigint)
                 or exists (select from jsonb_array_elements(report->'made') m where not exists (
                            select from lineage l where l.child_parcel_id = (m->>'parcel_id')::bigint
                            and l.land_operation_id = o.land_operation_id))) as halves,
             (select count(*) from parcel_version v where land_operation_id is not null and not exists (
                  select from land_operation o where o.land_operation_id = v.land_operation_id)) as orphans,
             (select count(*) from parcel p where not exists (select from parcel_version v where v.parcel_id = p.parcel_id)) as empty,
             (select count(*) from current_parcel a join current_parcel b on a.parcel_id < b.parcel_id
              and st_relate(a.legal_geometry, b.legal_geometry, '2********')) as overlaps,
             (select sum(round(2 * st_area(st_scale(legal_geometry, 1000, 1000))))::float8 / 2
                     - (select sum((report->>'drift_mm2')::float8) from land_operation) from current_parcel) as area_mm2`);
    assert.equal(found.entries, KILLS + 3);
    assert.deepEqual([found.halves, found.orphans, found.empty, found.overlaps], [0, 0, 0, 0]);
    assert.equal(found.area_mm2, SQUARES * 400e6);
    const { features } = await server.json(AROUND);
    const shown = features.map(({ properties }) => [properties.parcel_id, properties.revision]).sort();
    const kept = await register.rows('select parcel_id, revision from current_parcel');
    assert.deepEqual(shown, kept.map(({ parcel_id, revision }) => [parcel_id, revision]).sort());
  }
});

function row() {
  const square = (number) => {
    const west = EAST + 20 * number;
    const [east, north] = [west + 20, NORTH + 20];
    const ring = [
      [west, NORTH],
      [east, NORTH],
      [east, north],
      [west, north],
      [west, NORTH],
    ];
    const properties = {
      MaXa: '99001',
      SoHieuToBanDo: 1,
      SoThuTuThua: number,
      DienTich: 400,
      KyHieuMucDichSuDung: 'ONT',
    };
    return { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [ring] } };
  };
  return {
    type: 'FeatureCollection',
    crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::9210' } },
    features: Array.from({ length: SQUARES }, (_, index) => square(index + 1)),
  };
}
