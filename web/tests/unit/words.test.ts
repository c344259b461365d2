/** What the server says by codes has words for officers: held to the server's source. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { statusName } from '../../src/status.ts';
import { needsReason, ownSteps, pauseName, verbName } from '../../src/verbs.ts';
import { VIOLATION_NAMES } from '../../src/violation.ts';

/** How codes of violations stand in the source of the desk. */
const CODES = [
  /(?:error|warning|warn|fault)\(\s*"([a-z-]+)"/g,
  /\(\s*"([a-z]+-[a-z-]+)",\s*(?:format!|detail|names)/g,
  /"minimum-[a-z-]+",\s*"([a-z-]+)"/g,
  /\{\s*"([a-z-]+-not-there)"\s*\}/g,
];

const STEPS = readFileSync('../src/domain/dossier/step.rs', 'utf8');

describe('violations', () => {
  it('each have a Vietnamese name, and no other has', () => {
    const plane = readFileSync('../src/topology/violation.rs', 'utf8');
    const given = new Set([...plane.matchAll(/^\s+\w+ "([a-z-]+)",$/gm)].map(([, code]) => code));
    assert.ok(given.size > 25, `${given.size} codes of the plane`);
    for (const path of rustFiles('../src/app/desk')) {
      const [source = ''] = readFileSync(path, 'utf8').split('#[cfg(test)]');
      for (const form of CODES) for (const [, code] of source.matchAll(form)) given.add(code);
    }
    assert.deepEqual(Object.keys(VIOLATION_NAMES).sort(), [...given].sort());
  });
});

describe('steps of dossiers', () => {
  const verbs = [...section('What is done to a dossier').matchAll(/^\s+\w+ "([a-z-]+)",$/gm)];

  it('each have a name', () => {
    assert.equal(verbs.length, 25);
    for (const [, verb = ''] of verbs) assert.notEqual(verbName(verb), verb);
  });

  it('need a reason where the server wants one', () => {
    const [, listed = ''] = /fn needs_reason.*?matches!\(\s*self,(.*?)\)/s.exec(STEPS) ?? [];
    const wanted = [...listed.matchAll(/Self::(\w+)/g)].map(([, variant]) => kebab(variant ?? ''));
    const needing = verbs.map(([, verb = '']) => verb).filter(needsReason);
    assert.deepEqual(needing.sort(), wanted.sort());
  });

  it('are offered where the dossier allows them, the officer may take them and saying so is enough', () => {
    const allowed = ['assign', 'check', 'pause', 'resume', 'plan', 'stop'];
    const competent = ['check', 'pause', 'resume', 'plan', 'stop', 'sign'];
    assert.deepEqual(ownSteps(allowed, competent, false), ['check', 'pause', 'stop']);
    assert.deepEqual(ownSteps(allowed, competent, true), ['check', 'resume', 'stop']);
  });

  it('stop the clock for reasons that have names', () => {
    const reasons = [...STEPS.matchAll(/=> Some\("([a-z-]+)"\)/g)].map(([, reason = '']) => reason);
    assert.equal(reasons.length, 4);
    for (const reason of reasons) assert.notEqual(pauseName(reason), reason);
    assert.equal(pauseName('chờ tòa án'), 'chờ tòa án');
  });
});

describe('statuses of dossiers', () => {
  it('are called as the server calls them', () => {
    const names = [...STEPS.matchAll(/^\s+(?:\d+|_) => \("([^"]+)", "[a-z ]+"\),$/gm)].map(
      ([, name]) => name,
    );
    assert.equal(names.length, 10);
    assert.deepEqual(
      names.map((_, index) => statusName(index + 1)),
      names,
    );
  });
});

/** The list of words that begins with some of the source. */
function section(start: string): string {
  const from = STEPS.indexOf(start);
  return STEPS.slice(from, STEPS.indexOf('\n    }\n', from));
}

function kebab(variant: string): string {
  return variant.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

function rustFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.rs')).map((file) => `${folder}/${file}`);
}
