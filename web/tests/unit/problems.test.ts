import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

/** Where the server makes problems, and how their codes stand there. */
const SOURCES: [paths: string[], code: RegExp][] = [
  [rustFiles('../src/http'), /StatusCode::\w+,\s+"([a-z-]+)"/g],
  [['../src/app/sharing.rs'], /Self::\w+(?:\(_\))? => "([a-z-]+)"/g],
  [['../src/share/agreement.rs'], /Self::\w+ => "([a-z-]+)"/g],
];

const page = readFileSync('docs.html', 'utf8');
const explained = [...page.matchAll(/<div id="([a-z-]+)">\s*<dt><code>\1</g)].map(([, id]) => id);

describe('the list of problems', () => {
  it('explains every code that the server gives, and no other', () => {
    const given = new Set<string | undefined>();
    for (const [paths, code] of SOURCES) {
      const found = paths.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(code)]);
      assert.ok(found.length > 0, `no code was found in ${paths}`);
      for (const [, name] of found) given.add(name);
    }
    assert.deepEqual([...explained].sort(), [...given].sort());
  });

  it('explains each in both languages', () => {
    assert.equal([...page.matchAll(/<dd>/g)].length, explained.length);
    assert.equal([...page.matchAll(/<dd lang="en">/g)].length, explained.length);
  });
});

function rustFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.rs')).map((file) => `${folder}/${file}`);
}
