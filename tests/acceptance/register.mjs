/** A register of its own, driven as a user drives it: the program in processes, a folder, a port, SQL through `diaba psql`. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';

/** The top folder of the repository. */
export const TOP = resolve(import.meta.dirname, '../..');

/** The program under test: `DIABA`, or what `cargo build` makes. */
export const PROGRAM = resolve(TOP, process.env.DIABA ?? 'target/debug/diaba');
/** The programs that this process started and that still run. */
const running = new Set();

process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});

/** Runs a program to its end: its exit code and what it printed. */
export async function run(program, args, { input = '', env = {} } = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  const ended = watch(child);
  child.stdin.on('error', () => {}); // The program may end before it has read everything.
  child.stdin.end(input);
  return { ...(await ended), stdout: child.collected.stdout, stderr: child.collected.stderr };
}

/** Collects a child's output; resolves to its exit code when it has ended and closed its output. */
function watch(child) {
  running.add(child);
  child.collected = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      child.collected[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
}

export class Register {
  servers = new Set();

  /** An empty register, with a folder for other files; both end with the tests of the file. */
  constructor() {
    this.scratch = mkdtempSync(join(tmpdir(), 'diaba-acceptance-'));
    // User `postgres` must get through to the data when the tests run as root.
    chmodSync(this.scratch, 0o711);
    this.folder = join(this.scratch, 'data');
    after(async () => {
      try {
        await this.close();
      } finally {
        rmSync(this.scratch, { recursive: true });
      }
    });
  }

  /** Runs `diaba …` to its end. */
  diaba(...args) {
    return run(PROGRAM, ['--data-dir', this.folder, '--log', 'warn', ...args], { env: { DATABASE_URL: '' } });
  }

  /** Runs `diaba …`, which must do what it was asked for: gives what it printed. */
  async done(...args) {
    const { code, stdout, stderr } = await this.diaba(...args);
    assert.equal(code, 0, `diaba ${args.join(' ')}: exit code ${code}\n${stderr}${stdout}`);
    return stdout;
  }

  /** Loads files; gives the report. */
  async load(...args) {
    const path = join(this.scratch, 'report.json');
    await this.done('load', ...args, '--report', path);
    return JSON.parse(readFileSync(path, 'utf8'));
  }

  /** The rows of a query, as objects, by psql. */
  async rows(query) {
    const input = `select coalesce(json_agg(row_to_json(answer)), '[]') from (${query}) answer;\n`;
    const psql = [
      '--',
      '--no-psqlrc',
      '--quiet',
      '--no-align',
      '--tuples-only',
      '--set=ON_ERROR_STOP=1',
      '--file=-',
    ];
    const args = ['--data-dir', this.folder, '--log', 'warn', 'psql', ...psql];
    const { code, stdout, stderr } = await run(PROGRAM, args, { input, env: { DATABASE_URL: '' } });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  /** Starts `diaba serve` and waits until it is ready. */
  async serve() {
    const server = await Server.start(this.folder);
    this.servers.add(server);
    return server;
  }

  /** Stops the servers. What a killed one left is adopted and ended by the next command; nothing may run on. */
  async close() {
    for (const server of this.servers) await server.stop();
    if (this.postmasters().length > 0) await this.diaba('psql', '--line');
    assert.deepEqual(this.postmasters(), [], 'a postmaster runs on');
  }

  /** The process ids of the database servers of this register. */
  postmasters() {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.filter((pid) => {
      const [program = '', ...args] = commandLine(pid);
      return program.endsWith('postgres') && args.some((argument) => argument.startsWith(this.folder));
    });
  }
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // It has ended since.
  }
}

/** A running `diaba serve`. */
class Server {
  static async start(folder) {
    const args = ['--data-dir', folder, '--listen', '127.0.0.1:0', '--log-format', 'json', 'serve'];
    const child = spawn(PROGRAM, args, {
      env: { ...process.env, DATABASE_URL: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new Server(child, watch(child));
    await until(
      'the server says that it is ready',
      () => {
        assert.ok(running.has(child), `the server ended:\n${server.log}`);
        return server.log.includes('the register is in memory');
      },
      120,
    );
    server.url = /serving (http:\/\/[\d.:]+)/.exec(server.log)[1];
    return server;
  }

  constructor(child, ended) {
    Object.assign(this, { child, ended });
  }

  get log() {
    return this.child.collected.stderr;
  }

  fetch(path, options) {
    return fetch(new URL(path, this.url), options);
  }

  /** The JSON of a good answer. */
  async json(path, options) {
    const answer = await this.fetch(path, options);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${path}: ${text}`);
    return JSON.parse(text);
  }

  /** Asks the server to end and waits until it has. It must end well and have complained of `complaints` and nothing else. */
  async stop({ complaints = [] } = {}) {
    if (this.isStopped) return;
    this.isStopped = true;
    if (running.has(this.child)) this.child.kill('SIGTERM');
    const { code, signal } = await this.ended;
    assert.ok(code === 0 || signal === 'SIGKILL', `exit code ${code}\n${this.log}`);
    const lines = this.log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const others = lines.filter(({ level }) => level !== 'INFO');
    const messages = others.map(({ fields }) => fields.message);
    assert.deepEqual([...new Set(messages)], complaints, JSON.stringify(others));
  }

  /** Ends it as a power cut does. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** Waits until something is so; fails after some seconds. */
export async function until(what, isSo, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    assert.ok(Date.now() < end, `not after ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Works through a list with several at a time; gives the results in the list's order. */
export async function each(list, work, atATime = 8) {
  const results = new Array(list.length);
  const queue = list.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results;
}

/** Random numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
