/** A signed answer: fetched as a client does, verified by the program and by `jose`, and by neither once a byte is changed. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { each, run, TOP } from './register.mjs';

const VERIFIER = join(TOP, 'tests/interop/verify-answer.mjs');
const CLIENT = 'acceptance-client';

/** Asks about a parcel under an agreement of its own, for a dossier; gives the answer's file and the keys' file. */
export async function signedAnswer(register, server, parcel, dossier = 'H29.3-261122-0001') {
  const agreed = ['--audience', 'portal', '--purpose', 'dossier-handling', '--rate', '10'];
  await register.done('agreement', 'add', CLIENT, ...agreed);
  const token = (await register.done('token', 'client', CLIENT)).trim();
  const path = `/portal/v1/parcels/${parcel.national_code}?purpose=dossier-handling&dossier=${dossier}`;
  const answer = await server.fetch(path, { headers: { authorization: `Bearer ${token}` } });
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/jose']);
  const file = join(register.scratch, 'answer.jws');
  const keys = join(register.scratch, 'jwks.json');
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  writeFileSync(keys, JSON.stringify(await server.json('/.well-known/jwks.json')));
  return { path, token, file, keys };
}

/** What a verifier says: the program with its own key, the program with the saved keys, or jose. */
export async function verified({ file, keys }, by, register) {
  const asked = {
    diaba: () => register.diaba('verify', file),
    'diaba with saved keys': () => register.diaba('verify', file, '--keys', keys),
    jose: () => run(process.execPath, [VERIFIER, file, keys]),
  };
  const { code, stdout, stderr } = await asked[by]();
  return { isValid: code === 0, content: code === 0 ? JSON.parse(stdout) : undefined, stderr };
}

/** Changes one byte at so many places, spread over the whole answer, and asks a verifier each time: the places it let pass. */
export async function passedThough(answer, by, count, register) {
  const good = readFileSync(answer.file);
  const places = Array.from({ length: count }, (_, step) => Math.floor((step * good.length) / count));
  const dots = [...good.keys()].filter((place) => good[place] === 0x2e);
  const all = [...new Set([...places, ...dots, ...dots.map((dot) => dot - 1), good.length - 1])];
  const passed = await each(
    all,
    async (place) => {
      const changed = Buffer.from(good);
      // Another letter of base64url where possible, so that the form alone gives nothing away.
      changed[place] = good[place] === 0x41 ? 0x42 : 0x41;
      const file = `${answer.file}.${by}.${place}`;
      writeFileSync(file, changed);
      return (await verified({ ...answer, file }, by, register)).isValid;
    },
    2,
  );
  return { tried: all.length, passed: all.filter((_, index) => passed[index]) };
}
