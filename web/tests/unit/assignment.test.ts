import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { excess, probe, proposedUses, toggled, unassigned, withUse } from '../../src/assignment.ts';

const USES = [
  { code: 'ONT', area_tenths_m2: 1800 },
  { code: 'CLN', area_tenths_m2: 2530 },
];

describe('uses of the parts of a cut', () => {
  it('are proposed in proportion to the areas, each as large as it was', () => {
    // 180 m² × 200/433 = 83.14 m², 253 m² × 200/433 = 116.86 m².
    const proposed = proposedUses(USES, [200, 233]);
    assert.deepEqual(proposed, [
      [
        { code: 'ONT', area_tenths_m2: 831 },
        { code: 'CLN', area_tenths_m2: 1169 },
      ],
      [
        { code: 'ONT', area_tenths_m2: 969 },
        { code: 'CLN', area_tenths_m2: 1361 },
      ],
    ]);
    assert.deepEqual(unassigned(USES, proposed), [0, 0]);
    assert.deepEqual(excess(proposed, [200, 233]), [0, 0]);
  });

  it('leave the rounding to the last part', () => {
    const [one, two, three] = proposedUses([{ code: 'ONT', area_tenths_m2: 1000 }], [1, 1, 1]);
    const area = (rows?: { area_tenths_m2: number }[]) => rows?.[0]?.area_tenths_m2;
    assert.deepEqual([area(one), area(two), area(three)], [333, 333, 334]);
  });

  it('tell what is left over, what is too much, and which part is off its area', () => {
    const assigned = withUse(proposedUses(USES, [200, 233]), [0, 'ONT'], 731);
    assert.deepEqual(unassigned(USES, assigned), [100, 0]);
    assert.deepEqual(excess(assigned, [200, 233]), [-100, 0]);
    assert.deepEqual(unassigned(USES, withUse(assigned, [1, 'CLN'], 1461)), [100, -100]);
  });

  it('name no use that a part has nothing of', () => {
    const [first] = withUse(proposedUses(USES, [200, 233]), [0, 'ONT'], 0);
    assert.deepEqual(first, [{ code: 'CLN', area_tenths_m2: 1169 }]);
    const back = withUse([[{ code: 'CLN', area_tenths_m2: 1169 }]], [0, 'ONT'], 831);
    assert.deepEqual(
      back[0]?.map(({ code }) => code),
      ['CLN', 'ONT'],
    );
  });

  it('can be tried out for any number of parts', () => {
    assert.deepEqual(unassigned(USES, probe(USES, 3)), [0, 0]);
    assert.equal(probe(USES, 3).length, 3);
    assert.ok(probe(USES, 3).every((rows) => rows.length > 0));
  });
});

describe('what lies on the parts of a cut', () => {
  it('is laid on one part and taken off it, and stays on the others', () => {
    const both = [[7], [7]];
    assert.deepEqual(toggled(both, [0, 7], false), [[], [7]]);
    assert.deepEqual(toggled([[], [7]], [0, 7], true), both);
    assert.deepEqual(toggled(both, [1, 7], true), both);
  });
});
