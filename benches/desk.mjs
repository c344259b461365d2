#!/usr/bin/env node
// Check and commit of splits by officers at a time, beside the bare SQL writes of the same rows; rehearsals; lineage; as-of reads.
// Usage: DIABA=… benches/desk.mjs [PARCELS] [SPLITS] [CLIENTS]
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const diaba = process.env.DIABA ?? (() => { throw new Error('DIABA must be the path of a release build of diaba'); })();
const [parcels, splits, clients] = ['100000', '1600', '8'].map((usual, place) => Number(process.argv[2 + place] ?? usual));
const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(a) - Number(b));
const pgbench = `/usr/lib/postgresql/${versions.at(-1)}/bin/pgbench`;
const work = mkdtempSync(join(tmpdir(), 'diaba-desk.'));
chmodSync(work, 0o711);
const env = { ...process.env, DIABA_DATA_DIR: join(work, 'data'), DIABA_LOG: 'info,sqlx=error' };
const run = (words, input) => execFileSync(diaba, words, { env, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'], maxBuffer: 1 << 30 });
const agent = new Agent({ keepAlive: true, maxSockets: clients });
/** So many splits come first, unmeasured: every connection plans each statement five times anew. */
const WARM = 200;
let server;
let session;
let url;

/** Rows of a query in one of the databases. */
const sql = (text, database) => run(['psql', '--', '-qAtX', '-v', 'ON_ERROR_STOP=1', '-f', '-'], `${database ? `\\connect ${database}\n` : ''}${text}`).trim();

async function serve() {
  server = spawn(diaba, ['serve', '--listen', '127.0.0.1:0'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  url = await new Promise((resolve, reject) => {
    server.once('exit', () => reject(new Error(log)));
    server.stderr.on('data', (part) => {
      log += part;
      const address = log.match(/http:\/\/[0-9.:]+/);
      if (address && log.includes('in memory')) resolve(address[0]);
    });
  });
}

async function stop() {
  if (!server) return;
  server.kill('SIGTERM');
  await new Promise((resolve) => { server.once('exit', resolve); });
  server = undefined;
}

/** A request and how long its answer took, in milliseconds. */
function ask(path, { method = 'GET', headers = {}, body } = {}) {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { agent, method, headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(parts).toString(), took_ms: performance.now() - started }));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

/** Works through a list with all clients; gives the results and the seconds. */
async function all(list, work) {
  const [queue, results, started] = [list.entries(), [], performance.now()];
  await Promise.all(Array.from({ length: clients }, async () => {
    for (const [, item] of queue) results.push(await work(item));
  }));
  return { results, seconds: (performance.now() - started) / 1000 };
}

function spread(times_ms) {
  const sorted = times_ms.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.floor((sorted.length - 1) * share)].toFixed(1);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, at most ${at(1)} ms`;
}

/** Parcels with 10 to 14 neighbours, none of them near another. */
function chosen(count) {
  const rows = sql(`
    set jit = off;
    select p.parcel_id, p.revision, round(st_x(p.label_point)::numeric, 7), round(st_y(p.label_point)::numeric, 7), n.count
    from (select * from current_parcel order by md5(parcel_id::text) limit ${40 * count}) p
    cross join lateral (select count(*) from current_parcel o where o.geographic && st_expand(p.geographic, 1e-6)
                        and st_dwithin(o.geographic, p.geographic, 1e-6) and o.parcel_id <> p.parcel_id) n
    where n.count between 10 and 14 and p.computed_area_m2 > 100`);
  const taken = new Set();
  const found = [];
  for (const row of rows.split('\n')) {
    const [id, revision, lon, lat] = row.split('|').map(Number);
    const [x, y] = [Math.round(lon * 1000), Math.round(lat * 1000)]; // cells of some 110 m
    const around = [-1, 0, 1].flatMap((east) => [-1, 0, 1].map((north) => `${x + east} ${y + north}`));
    if (around.some((cell) => taken.has(cell))) continue;
    taken.add(`${x} ${y}`);
    found.push({ id, revision, lon, lat });
  }
  return found.slice(0, count);
}

/** The rows that operations wrote, and what they closed, as tables of another database. */
function copyRows(since) {
  sql('create database yard template before');
  const tables = {
    version: `select v.land_operation_id as op, v.* from parcel_version v where v.land_operation_id is not null`,
    past: `select o.land_operation_id as op, v.* from land_operation o, jsonb_array_elements(report->'retired' || (report->'renewed')) r
           join parcel_version v on v.parcel_id = (r->>'parcel_id')::bigint and v.land_operation_id is null and v.load_id is null and upper_inf(v.recorded)`,
    closed: `select o.land_operation_id as op, v.parcel_id, v.revision from land_operation o, jsonb_array_elements(report->'retired' || (report->'renewed')) r
             join parcel_version v on v.parcel_id = (r->>'parcel_id')::bigint and not upper_inf(v.recorded)`,
    uses: `select o.land_operation_id as op, u.* from land_operation o, jsonb_array_elements(report->'retired' || (report->'renewed') || (report->'made')) r
           join land_use_row u on u.parcel_id = (r->>'parcel_id')::bigint and upper_inf(u.recorded) and lower(u.recorded) >= '${since}'`,
    closed_use: `select o.land_operation_id as op, u.parcel_id, u.code, u.revision from land_operation o, jsonb_array_elements(report->'retired' || (report->'renewed')) r
                 join land_use_row u on u.parcel_id = (r->>'parcel_id')::bigint and not upper_inf(u.recorded)`,
    rights: `select o.land_operation_id as op, v.* from land_operation o, jsonb_array_elements(report->'retired' || (report->'made')) r
             join land_right_version v on v.parcel_id = (r->>'parcel_id')::bigint and upper_inf(v.recorded) and lower(v.recorded) >= '${since}'`,
    right_identity: `select o.land_operation_id as op, i.* from land_operation o, jsonb_array_elements(report->'made') r join land_right i on i.parcel_id = (r->>'parcel_id')::bigint`,
    closed_right: `select o.land_operation_id as op, v.parcel_id, v.right_id, v.revision from land_operation o, jsonb_array_elements(report->'retired') r
                   join land_right_version v on v.parcel_id = (r->>'parcel_id')::bigint and not upper_inf(v.recorded)`,
    link: `select l.land_operation_id as op, l.* from lineage l where l.land_operation_id is not null`,
    code: `select o.land_operation_id as op, n.* from land_operation o, jsonb_array_elements(report->'made') r join national_code n on n.parcel_id = (r->>'parcel_id')::bigint`,
    entry: `select land_operation_id as op, officer, dossier_code, request, report, request_sha256 from land_operation`,
    sheet: `select distinct o.land_operation_id as op, v.sheet_id, s.commune_code::integer as commune, (select max(parcel_no) from parcel_version w where w.land_operation_id = o.land_operation_id) as no
            from land_operation o join parcel_version v on v.land_operation_id = o.land_operation_id join sheet s on s.sheet_id = v.sheet_id`,
  };
  for (const [name, query] of Object.entries(tables)) {
    const file = join(work, `${name}.copy`);
    sql(`create table bench_${name} as ${query}`);
    writeFileSync(file, run(['psql', '--', '-qAtX', '-c', `copy bench_${name} to stdout`]));
    // The empty table of the same shape comes from its definition there.
    sql(`create table bench_${name} as ${query} limit 0`, 'yard');
    sql(`\\copy bench_${name} from '${file}'\ncreate index on bench_${name} (op); analyze bench_${name};`, 'yard');
  }
  const first = Number(sql('select min(op) from bench_entry'));
  sql(`create sequence bench_op minvalue 0 start ${first}; vacuum analyze;`, 'yard');
  return Number(sql('select count(*) from bench_entry'));
}

/** The same writes, statement by statement, as a program would that has checked nothing. */
const BARE = `
select op as op from (select nextval('bench_op') as op) n \\gset
begin;
set local diaba.origin = 'application';
select pg_advisory_xact_lock(1, commune) from bench_sheet where op = :op order by commune;
update parcel_version v set recorded = tstzrange(lower(v.recorded), clock_timestamp()) from bench_closed c where c.op = :op and v.parcel_id = c.parcel_id and v.revision = c.revision;
insert into parcel (parcel_id) select distinct parcel_id from bench_version v where op = :op and revision = 1;
insert into parcel_version (parcel_id, revision, legal, sheet_id, parcel_no, land_use, address, address_key, legal_area_m2, computed_area_m2, legal_geometry, geographic, label_point, is_derived, content_digest, load_id, source_row, land_operation_id) select parcel_id, revision, legal, sheet_id, parcel_no, land_use, address, address_key, legal_area_m2, computed_area_m2, legal_geometry, geographic, label_point, is_derived, content_digest, load_id, source_row, land_operation_id from bench_past where op = :op union all select parcel_id, revision, legal, sheet_id, parcel_no, land_use, address, address_key, legal_area_m2, computed_area_m2, legal_geometry, geographic, label_point, is_derived, content_digest, load_id, source_row, land_operation_id from bench_version where op = :op;
update sheet s set highest_parcel_no = greatest(highest_parcel_no, b.no) from bench_sheet b where b.op = :op and s.sheet_id = b.sheet_id;
insert into lineage (child_parcel_id, parent_parcel_id, happened_on, area_m2, land_operation_id) select child_parcel_id, parent_parcel_id, happened_on, area_m2, land_operation_id from bench_link where op = :op;
update land_use_row u set recorded = tstzrange(lower(u.recorded), clock_timestamp()) from bench_closed_use c where c.op = :op and u.parcel_id = c.parcel_id and u.code = c.code and u.revision = c.revision;
insert into land_use_row (parcel_id, code, revision, ordinal, legal, area_m2, origin, term) select parcel_id, code, revision, ordinal, legal, area_m2, origin, term from bench_uses where op = :op;
update land_right_version v set recorded = tstzrange(lower(v.recorded), clock_timestamp()) from bench_closed_right c where c.op = :op and v.parcel_id = c.parcel_id and v.right_id = c.right_id and v.revision = c.revision;
insert into land_right (right_id, parcel_id, party_id, source_key) select right_id, parcel_id, party_id, source_key from bench_right_identity where op = :op;
insert into land_right_version (parcel_id, right_id, revision, legal, kind, share_numerator, share_denominator, content_digest) select parcel_id, right_id, revision, legal, kind, share_numerator, share_denominator, content_digest from bench_rights where op = :op;
insert into national_code (code, parcel_id, origin) select code, parcel_id, origin from bench_code where op = :op;
insert into land_operation (land_operation_id, officer, dossier_code, request, report, request_sha256) overriding system value select op, officer, dossier_code, request, report, request_sha256 from bench_entry where op = :op;
commit;
`;

/** A session that keeps the private database running while no other command of ours uses it. */
async function held() {
  const session = spawn(diaba, ['psql', '--', '-qAtX'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  session.stdin.write('\\connect postgres\nselect 1;\n'); // copies of the register need it to themselves
  await new Promise((resolve) => { session.stdout.once('data', resolve); });
  return session;
}

/** Rate and times of the bare writes. */
function bare(count) {
  const script = join(work, 'bare.sql');
  writeFileSync(script, BARE);
  const line = run(['psql', '--line']).trim();
  const [, address] = line.match(/(postgres\S+|host=.*)/) ?? [null, line];
  const log = join(work, 'pgbench');
  const out = execFileSync('sh', ['-c', `exec "$0" -n -M prepared -f "$1" -c ${clients} -j 2 -t ${Math.floor(count / clients)} -l --log-prefix="$2" "$3"`,
    pgbench, script, log, address.replace(/dbname=\S+/, 'dbname=yard')], { encoding: 'utf8', env });
  const logs = readdirSync(work).filter((name) => name.startsWith('pgbench.'));
  const lines = logs.flatMap((name) => readFileSync(join(work, name), 'utf8').trim().split('\n'));
  const times = lines.map((line) => Number(line.split(' ')[2]) / 1000);
  return { rate: Number(/tps = ([\d.]+)/.exec(out)[1]), times };
}

try {
  run(['synth', '--parcels', String(parcels), '--seed', '1', '--out', join(work, 'set')]);
  run(['units', join(work, 'set/units.csv')]);
  run(['load', join(work, 'set/parcels.gpkg'), join(work, 'set/register.csv')]);
  const token = run(['token', 'officer', 'Bench']).match(/diaba_\S+/)[0];
  session = await held();
  const list = chosen(splits + WARM);
  sql('create database before template diaba');
  await serve();
  const headers = (tag) => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': tag });
  const body = ({ id }) => JSON.stringify({ operations: [{ kind: 'split', parcel: id, by: { equal: { along_m: [[0, 0], [1, 1]], parts: 2 } } }] });
  const operate = (query) => (one) => ask(`/api/v1/operations${query}`, { method: 'POST', headers: headers(`"${one.id}-${one.revision}"`), body: body(one) });
  const since = sql(`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);
  const warm = list.splice(0, Math.min(WARM, Math.floor(list.length / 3)));
  await all(warm, operate('?dry_run=true'));
  await all(warm, operate(''));
  const dry = await all(list, operate('?dry_run=true'));
  const lawful = dry.results.filter(({ status }) => status === 200).length;
  console.log(`${parcels} parcels; ${list.length} splits among 10 to 14 neighbours, ${clients} clients`);
  console.log(`dry run: ${(dry.results.length / dry.seconds).toFixed(0)}/s, ${spread(dry.results.map(({ took_ms }) => took_ms))} (${lawful} answered)`);
  const done = await all(list, operate(''));
  const made = done.results.filter(({ status }) => status === 201);
  const rate = made.length / done.seconds;
  console.log(`check + commit: ${rate.toFixed(0)}/s, ${spread(made.map(({ took_ms }) => took_ms))} (${made.length} committed, ${done.results.length - made.length} refused)`);
  await stop();
  const count = copyRows(since);
  const yard = bare(count);
  console.log(`bare SQL writes of the same rows: ${yard.rate.toFixed(0)}/s, ${spread(yard.times)}`);
  console.log(`ratio of rates: ${(rate / yard.rate).toFixed(2)}`);

  // A parcel halved again and again: fifty generations.
  await serve();
  const { id } = list.find((one, place) => dry.results[place]?.status !== 200) ?? list[0];
  let [child] = sql(`select parcel_id || ' ' || revision from current_parcel where computed_area_m2 > 2000 and parcel_id <> ${id} order by md5(parcel_id::text) limit 1`).split('\n');
  const oldest = child.split(' ')[0];
  let generations = 0;
  for (let turn = 0; turn < 200 && generations < 50; turn += 1) {
    const [one, revision] = child.split(' ');
    const { status, text } = await operate('')({ id: Number(one), revision: Number(revision) });
    if (status !== 201) throw new Error(text);
    const children = JSON.parse(text).made.map((line) => `${line.parcel_id} ${line.revision}`);
    const merge = JSON.stringify({ operations: [{ kind: 'merge', parcels: children.map((line) => Number(line.split(' ')[0])) }] });
    const merged = await ask('/api/v1/operations', { method: 'POST', headers: headers(children.map((line) => `"${line.replace(' ', '-')}"`).join(', ')), body: merge });
    if (merged.status !== 201) throw new Error(merged.text);
    const [whole] = JSON.parse(merged.text).made;
    child = `${whole.parcel_id} ${whole.revision}`;
    generations += 2;
  }
  const [last] = child.split(' ');
  const bearer = { authorization: `Bearer ${token}` };
  const reads = {
    'a parcel now': `/api/v1/parcels/${last}`,
    'lineage of 50 generations': `/api/v1/parcels/${last}/lineage`,
    'a parcel as known before': `/api/v1/parcels/${oldest}?known=${since}`,
  };
  for (const [what, path] of Object.entries(reads)) {
    const { results, seconds } = await all(Array(2000).fill(path), (each) => ask(each, { headers: bearer }));
    const failed = results.find(({ status }) => status !== 200);
    if (failed) throw new Error(failed.text);
    console.log(`${what}: ${(results.length / seconds).toFixed(0)}/s, ${spread(results.map(({ took_ms }) => took_ms))}`);
  }
} finally {
  await stop();
  session?.kill();
  agent.destroy();
  rmSync(work, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 }); // the database is still stopping
}
