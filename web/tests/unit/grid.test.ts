import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type TileAddress, touchedTiles } from '../../src/grid.ts';

/** The four tiles of zoom 1 meet where the Greenwich meridian crosses the equator. */
const QUARTERS: TileAddress[] = [
  { z: 1, x: 0, y: 0 },
  { z: 1, x: 1, y: 0 },
  { z: 1, x: 0, y: 1 },
  { z: 1, x: 1, y: 1 },
];

describe('a place', () => {
  it('touches the tile that it lies in, and no other', () => {
    assert.deepEqual(touchedTiles(QUARTERS, [[106, 10, 107, 11]]), [{ z: 1, x: 1, y: 0 }]);
    assert.deepEqual(touchedTiles(QUARTERS, [[-70, -35, -69, -34]]), [{ z: 1, x: 0, y: 1 }]);
  });

  it('touches all tiles that it reaches into', () => {
    assert.deepEqual(touchedTiles(QUARTERS, [[-10, 10, 10, 11]]), QUARTERS.slice(0, 2));
  });

  it('touches a tile that shows it in its buffer only', () => {
    // 64 of 4,096 units of a tile 180 degrees wide are 2.8125 degrees.
    assert.deepEqual(touchedTiles(QUARTERS, [[2.8, 40, 3, 41]]), QUARTERS.slice(0, 2));
    assert.deepEqual(touchedTiles(QUARTERS, [[2.9, 40, 3, 41]]), QUARTERS.slice(1, 2));
  });

  it('lies where other programs have it', () => {
    // The Hà Nội flag tower, 105.83981 E 21.03243 N, is in tile 16/52035/28850 (by hand, from the formulas of OpenStreetMap).
    const tile = { z: 16, x: 52035, y: 28850 };
    const around = [-1, 0, 1].flatMap((x) =>
      [-1, 0, 1].map((y) => ({ z: 16, x: tile.x + x, y: tile.y + y })),
    );
    assert.deepEqual(touchedTiles(around, [[105.83981, 21.03243, 105.83981, 21.03243]]), [tile]);
  });

  it('is one of several, or there is none', () => {
    assert.deepEqual(touchedTiles(QUARTERS, []), []);
    const places: [number, number, number, number][] = [
      [106, 10, 107, 11],
      [-70, -35, -69, -34],
    ];
    assert.deepEqual(touchedTiles(QUARTERS, places), QUARTERS.slice(1, 3));
  });
});
