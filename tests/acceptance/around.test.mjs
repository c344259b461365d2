/** Parcels that reach around a tile without entering it, which cutting to a rectangle gets wrong easily. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Register, TOP } from './register.mjs';
import { compareTiles } from './tiles.mjs';

const Z = 20;
/** A tile in zone EPSG:9210. */
const AT = { x: 834783, y: 492939 };

describe('a parcel around a tile', () => {
  const register = new Register();
  let server;
  before(async () => {
    const bay = ring([-1, -1], [2, -1], [2, -0.5], [-0.5, -0.5], [-0.5, 1.5], [2, 1.5], [2, 2], [-1, 2]);
    const square = (from, to) => ring([from + 10, from], [to + 10, from], [to + 10, to], [from + 10, to]);
    const features = [[bay], [square(-1, 2), square(-0.5, 1.5)]].map((coordinates, index) => ({
      type: 'Feature',
      properties: {
        MaXa: '99001',
        SoHieuToBanDo: 90,
        SoThuTuThua: index + 1,
        KyHieuMucDichSuDung: 'DGT',
        TyLe: 500,
      },
      geometry: { type: 'Polygon', coordinates },
    }));
    const file = join(register.scratch, 'around.geojson');
    writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
    await register.done('units', join(TOP, 'fixtures/demo/units.csv'));
    const { parcels } = await register.load('--zone', '9210', file);
    assert.deepEqual([parcels.read, parcels.rejected], [2, 0]);
    server = await register.serve();
  });

  it('is not in that tile', async () => {
    await compareTiles(register, server, { whole: [19, 20], sampled: [], samples: 0, seed: 1 });
  });
});

/** A closed ring in degrees, from places in tiles right of and below the tile. */
function ring(...places) {
  const degrees = places.map(([x, y]) => [
    ((AT.x + x) / 2 ** Z) * 360 - 180,
    (Math.atan(Math.sinh(Math.PI * (1 - (2 * (AT.y + y)) / 2 ** Z))) * 180) / Math.PI,
  ]);
  return [...degrees, degrees[0]];
}
