import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { areasOf, edgesOf, numberOf, operationOf, pointsOf, type Wish } from '../../src/land.ts';

const WISH: Wish = {
  way: 'line',
  parcels: [7],
  line_m: [
    [0, 0],
    [0, 20],
  ],
  parts: 2,
  areas_m2: [],
};

describe('what an officer types', () => {
  it('is read with a decimal comma or a decimal point', () => {
    assert.equal(numberOf('589522,917'), 589522.917);
    assert.equal(numberOf('589522.917'), 589522.917);
    assert.equal(numberOf(' 120,5 '), 120.5);
    assert.equal(numberOf('1.180.024,754'), 1180024.754);
    assert.equal(numberOf('1.500'), 1500);
    assert.equal(numberOf('-3'), -3);
  });

  it('is refused where it is no number', () => {
    for (const typed of ['', 'mười', '1,2,3', '1e9', '12,', '0x10', '1 2'])
      assert.equal(numberOf(typed), null);
  });

  it('gives a point a line, and tells the lines that are none', () => {
    assert.deepEqual(pointsOf('589522,917 1180032,274\n\n589578.677;1180024.754\n'), {
      points: [
        [589522.917, 1180032.274],
        [589578.677, 1180024.754],
      ],
      wrong: [],
    });
    assert.deepEqual(pointsOf('1 2\nba bốn\n5\n6 7 8').wrong, [2, 3, 4]);
  });

  it('gives areas only where all are', () => {
    assert.deepEqual(areasOf('100 120,5;80'), [100, 120.5, 80]);
    assert.equal(areasOf('100 -5'), null);
    assert.deepEqual(areasOf(''), []);
  });
});

describe('a wish', () => {
  it('becomes the operation that the server takes', () => {
    assert.deepEqual(operationOf(WISH), { kind: 'split', parcel: 7, by: { line_m: WISH.line_m } });
    assert.deepEqual(operationOf({ ...WISH, way: 'equal', parts: 3 }), {
      kind: 'split',
      parcel: 7,
      by: { equal: { along_m: WISH.line_m, parts: 3 } },
    });
    assert.deepEqual(operationOf({ ...WISH, way: 'areas', areas_m2: [50] }), {
      kind: 'split',
      parcel: 7,
      by: { areas: { along_m: WISH.line_m, areas_m2: [50] } },
    });
    assert.deepEqual(operationOf({ ...WISH, way: 'merge', parcels: [7, 8] }), {
      kind: 'merge',
      parcels: [7, 8],
    });
  });

  it('says what is missing', () => {
    assert.equal(operationOf({ ...WISH, parcels: [] }), 'one-parcel');
    assert.equal(operationOf({ ...WISH, parcels: [7, 8] }), 'one-parcel');
    assert.equal(operationOf({ ...WISH, way: 'merge' }), 'two-parcels');
    assert.equal(operationOf({ ...WISH, line_m: [[0, 0]] }), 'line');
    assert.equal(operationOf({ ...WISH, way: 'equal', line_m: [[0, 0]] }), 'direction');
    for (const parts of [1, 2.5, Number.NaN])
      assert.equal(operationOf({ ...WISH, way: 'equal', parts }), 'parts');
    assert.equal(operationOf({ ...WISH, way: 'areas' }), 'areas');
  });
});

describe('the edges of a ring', () => {
  it('are those between its corners, with their lengths', () => {
    const lengths = edgesOf([
      [0, 0],
      [3, 4],
      [3, 0],
      [0, 0],
    ]).map(({ length_m }) => length_m);
    assert.deepEqual(lengths, [5, 4, 3]);
  });
});
