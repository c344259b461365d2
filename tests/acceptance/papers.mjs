/** Papers as PDF files, read back by poppler. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './register.mjs';

/**
 * Fetches a paper, which the register must know as it handed it out; gives its words in reading order, with single spaces.
 */
export async function paper(register, clerk, path, { method = 'GET', body } = {}) {
  const answer = await clerk.fetch(method, path, { body });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const told = `${path}: ${answer.status} ${answer.status === 200 ? '' : bytes}`;
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/pdf'], told);
  const check = /<([^>]+)>; rel="describedby"/.exec(answer.headers.get('link'))[1];
  const known = await clerk.at().json(check);
  assert.equal(known.sha256, createHash('sha256').update(bytes).digest('hex'), path);
  const file = join(register.scratch, 'paper.pdf');
  writeFileSync(file, bytes);
  const { code, stdout, stderr } = await run('pdftotext', ['-layout', file, '-']);
  assert.deepEqual([code, stderr], [0, ''], path);
  return stdout.split(/\s+/).join(' ').normalize('NFC');
}

/** Every one of some words stands on a paper. */
export function says(text, ...words) {
  for (const each of words) assert.ok(text.includes(each), `${each} is not in: ${text}`);
}
