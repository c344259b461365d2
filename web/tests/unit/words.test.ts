/** What the server says by codes has words for officers: held to the server's source. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { inVietnamese } from '../../src/detail.ts';
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

describe('details of violations', () => {
  /** Texts of the desk's source that tell of no violation. */
  const OTHERS = [
    /^(GET|POST) /,
    /^fewer ids/,
    /^renumbering a sheet/,
    /^somebody else works/,
    /^there is no current parcel/,
    /^the request does not say/,
    /changed meanwhile/,
    /^a text holds a zero/,
    /^the idempotency key/,
    /^parcel \{\} is reserved/,
    /^the plan breaks rules/,
    /^a \{\} is about parcels/,
    /^any commune (of|that)/,
    /^lau dai$/,
    // Pieces of details, and what stands in Vietnamese in registers.
    /^operation \{\}, child \{\}$/,
    /^letter \{\} of \{\}$/,
    /^the certificate$/,
    /^paper \{\}$/,
    /thửa|ngày/,
  ];
  const STRING = /(?:format!\(\s*|detail = |, |=> |\(\s*)"((?:[^"\\]|\\.)*)"/g;

  it('are told in Vietnamese, with their numbers, whatever the desk says', () => {
    const missing: string[] = [];
    let count = 0;
    for (const path of rustFiles('../src/app/desk')) {
      const [source = ''] = readFileSync(path, 'utf8').split('#[cfg(test)]');
      for (const [, string = ''] of source.matchAll(STRING)) {
        const text = string.replace(/\\\s+/g, '').replace(/\{[^}]*\}/g, '{}');
        const isDetail = /[a-z]{2,} [a-z{]/.test(text) && !OTHERS.some((other) => other.test(text));
        if (!isDetail) continue;
        count += 1;
        const said = text.replaceAll('{}', () => '12.5').replace('12.5 blocks', 'letter 7 of TAND blocks');
        if (inVietnamese(said.replace('by 12.5, on', 'by letter 7 of TAND, on')) === null) missing.push(text);
      }
    }
    assert.deepEqual(missing, []);
    assert.ok(count > 75, `${count} details`);
  });

  it('keep numbers, days, names and decisions', () => {
    assert.equal(
      inVietnamese('35.0 m² is less than 50 m² (Quyết định 12/2026/QĐ-UBND tỉnh Mẫu)'),
      '35,0 m², nhỏ hơn 50 m² (Quyết định 12/2026/QĐ-UBND tỉnh Mẫu)',
    );
    assert.equal(
      inVietnamese('paper 7 is dated 2027-01-02, and today is 2026-11-28'),
      'văn bản 7 ghi ngày 02/01/2027, hôm nay là 28/11/2026',
    );
    assert.equal(
      inVietnamese('issuing and transactions stopped by letter 5/CV of TAND tỉnh, on parcel 1/4'),
      'cấp giấy, giao dịch bị dừng theo văn bản 5/CV của TAND tỉnh, trên thửa 1/4',
    );
    assert.equal(inVietnamese('line-misses-parcel, 3.000 m at E 1.000 N 2.000'), null);
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
