#!/usr/bin/env node
// How long after a commit the new tile is served: by the server that made it, and by another.
// Usage: DIABA=… benches/fresh [PARCELS] [EDITS]
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const diaba = process.env.DIABA ?? (() => { throw new Error('DIABA must be the path of a release build of diaba'); })();
const [parcels = '20000', edits = '300'] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'diaba-fresh.'));
chmodSync(work, 0o711);
const env = { ...process.env, DIABA_DATA_DIR: join(work, 'data'), DIABA_LOG: 'info,sqlx=error' };
const run = (...words) => execFileSync(diaba, words, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 });
const servers = [];

/** A server, once its parcels are in memory. */
function serve() {
  const child = spawn(diaba, ['serve', '--listen', '127.0.0.1:0'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  servers.push(child);
  let log = '';
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(log)));
    child.stderr.on('data', (part) => {
      log += part;
      const address = log.match(/http:\/\/[0-9.:]+/);
      if (address && log.includes('in memory')) resolve(address[0]);
    });
  });
}

/** Asks for a tile until it has another tag; gives the milliseconds since `since`. */
async function changed(url, tag, since) {
  for (;;) {
    const reply = await fetch(url);
    await reply.arrayBuffer();
    const waited = performance.now() - since;
    if (reply.headers.get('etag') !== tag) return waited;
    if (waited > 10_000) throw new Error(`${url} is still the old tile`);
  }
}

const tag = async (url) => {
  const reply = await fetch(url);
  await reply.arrayBuffer();
  return reply.headers.get('etag');
};

/** The tile of zoom 16 that a place lies in. */
function tile([lon, lat]) {
  const side = 2 ** 16;
  const x = Math.floor(((lon + 180) / 360) * side);
  const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * side);
  return `/tiles/parcels/16/${x}/${y}`;
}

function print(what, times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.floor((sorted.length - 1) * share)].toFixed(1);
  console.log(`${what.padEnd(52)} p50 ${at(0.5)}  p99 ${at(0.99)}  at most ${at(1)} ms  (${sorted.length} edits)`);
}

try {
  run('synth', '--parcels', parcels, '--seed', '1', '--out', join(work, 'set'));
  run('units', join(work, 'set/units.csv'));
  run('load', join(work, 'set/parcels.gpkg'));
  const token = run('token', 'officer', 'Bench').match(/diaba_\S+/)[0];
  const [here, there] = [await serve(), await serve()];
  const psql = spawn(diaba, ['psql', '--', '-qAt'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  psql.stdout.setEncoding('utf8');
  const answered = () => new Promise((resolve) => { psql.stdout.once('data', resolve); });
  const sample = async (sql) => {
    psql.stdin.write(`${sql};\n`);
    return (await answered()).trim();
  };
  const sql = `select string_agg(parcel_id || ',' || revision || ',' || st_x(label_point) || ',' || st_y(label_point), ' ')
    from (select * from current_parcel order by md5(parcel_id::text) limit ${edits}) p`;
  const chosen = (await sample(sql.replaceAll('\n', ' '))).split(' ').map((one) => one.split(',').map(Number));

  const [own, other, fromSql] = [[], [], []];
  for (const [id, revision, lon, lat] of chosen) {
    const path = tile([lon, lat]);
    const tags = [await tag(here + path), await tag(there + path)];
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': `"${id}-${revision}"` };
    const split = { kind: 'split', parcel: id, by: { equal: { along_m: [[0, 0], [1, 1]], parts: 2 } } };
    const reply = await fetch(`${here}/api/v1/operations`, { method: 'POST', headers, body: JSON.stringify({ operations: [split] }) });
    const since = performance.now();
    await reply.arrayBuffer();
    if (reply.status !== 201) continue; // a neighbour that was drawn anew before, or a shape that this way does not halve
    const times = await Promise.all([changed(here + path, tags[0], since), changed(there + path, tags[1], since)]);
    own.push(times[0]);
    other.push(times[1]);
  }
  for (const [, , lon, lat] of chosen) {
    const path = tile([lon, lat]);
    const before = await tag(here + path);
    await sample(`update parcel_edit set legal_area_m2 = coalesce(legal_area_m2, 0) + 1 where parcel_id =
      (select parcel_id from current_parcel where st_covers(geographic, st_setsrid(st_makepoint(${lon}, ${lat}), 4326)) order by 1 limit 1); select 1`.replaceAll('\n', ' '));
    fromSql.push(await changed(here + path, before, performance.now()));
  }
  print('committed over HTTP → tile of the same server', own);
  print('committed over HTTP → tile of another server', other);
  print('committed by plain SQL → tile of a server', fromSql);
  psql.kill();
} finally {
  for (const server of servers) {
    server.kill('SIGTERM');
    await new Promise((resolve) => { server.once('exit', resolve); });
  }
  rmSync(work, { recursive: true, force: true });
}
