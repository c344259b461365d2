import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

/** Where the server makes problems, and how their codes stand there. */
const SOURCES: [path: string, code: RegExp][] = [
  ['http/problem.rs', /StatusCode::\w+,\s+"([a-z-]+)"/g],
  ['http/tiles.rs', /StatusCode::\w+,\s+"([a-z-]+)"/g],
  ['http/pages.rs', /StatusCode::\w+,\s+"([a-z-]+)"/g],
  ['app/sharing.rs', /Self::\w+(?:\(_\))? => "([a-z-]+)"/g],
  ['share/agreement.rs', /Self::\w+ => "([a-z-]+)"/g],
];

const page = readFileSync('docs.html', 'utf8');
const explained = [...page.matchAll(/<div id="([a-z-]+)">\s*<dt><code>\1</g)].map(([, id]) => id);

describe('the list of problems', () => {
  it('explains every code that the server gives, and no other', () => {
    const given = new Set<string | undefined>();
    for (const [path, code] of SOURCES) {
      const found = [...readFileSync(`../src/${path}`, 'utf8').matchAll(code)];
      assert.ok(found.length > 0, `no code was found in ${path}`);
      for (const [, name] of found) given.add(name);
    }
    assert.deepEqual([...explained].sort(), [...given].sort());
  });

  it('explains each in both languages', () => {
    assert.equal([...page.matchAll(/<dd>/g)].length, explained.length);
    assert.equal([...page.matchAll(/<dd lang="en">/g)].length, explained.length);
  });
});
