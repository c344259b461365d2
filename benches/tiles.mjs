// Asks a running server for tiles over some connections at once and prints requests a second and quantiles.
// Usage: node benches/tiles.mjs URL TILES.json SECONDS CONNECTIONS
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';

const [url, list, seconds, connections] = process.argv.slice(2);
const tiles = JSON.parse(readFileSync(list, 'utf8'));
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });

function fetchTile(path) {
  return new Promise((resolve, reject) => {
    get(`${url}${path}`, { agent, headers: { 'accept-encoding': 'gzip' } }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk) => { bytes += chunk.length; });
      answer.on('end', () => (answer.statusCode === 200 ? resolve(bytes) : reject(new Error(`${path}: ${answer.statusCode}`))));
    }).on('error', reject);
  });
}

async function run(deadline, durations, state) {
  while (performance.now() < deadline) {
    const { z, x, y } = tiles[state.next++ % tiles.length];
    const started = performance.now();
    state.bytes += await fetchTile(`/tiles/parcels/${z}/${x}/${y}`);
    durations.push(performance.now() - started);
  }
}

const durations = [];
const state = { next: 0, bytes: 0 };
const started = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, () => run(started + seconds * 1000, durations, state)));
const elapsed = (performance.now() - started) / 1000;
durations.sort((a, b) => a - b);
const quantile = (share) => durations[Math.floor(share * (durations.length - 1))].toFixed(2);
console.log(JSON.stringify({
  requests_per_s: Number((durations.length / elapsed).toFixed(1)), p50_ms: Number(quantile(0.5)), p99_ms: Number(quantile(0.99)),
  mean_kb: Number((state.bytes / durations.length / 1024).toFixed(1)), requests: durations.length,
}));
agent.destroy();
