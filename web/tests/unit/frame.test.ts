import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LonLat } from '../../src/api.ts';
import { Frame, type PointM } from '../../src/frame.ts';

/** EPSG:9210 by the seven parameters of EPSG:6960, computed by PROJ: metres east and north, longitude and latitude. */
const PLACES: [PointM, LonLat][] = [
  [
    [603000, 1192000],
    [106.693612244451, 10.7774438599882],
  ],
  [
    [602980, 1192000],
    [106.693429383279, 10.7774444168663],
  ],
  [
    [602975.5, 1192050.25],
    [106.693389654422, 10.7778988121987],
  ],
  [
    [603000, 1192045],
    [106.693613511832, 10.7778506689622],
  ],
  // Outside the corners.
  [
    [603030, 1192020],
    [106.69388709963, 10.7776238284442],
  ],
  [
    [602900, 1191900],
    [106.692695124995, 10.7765426230805],
  ],
  [
    [603200, 1192150],
    [106.695445088612, 10.7787943144272],
  ],
];

describe('a frame around a parcel', () => {
  const corners = PLACES.slice(0, 4);
  const frame = new Frame(
    corners.map(([, degrees]) => degrees),
    corners.map(([metres]) => metres),
  );

  it('gives the metres of its corners and of places around it to the millimetre', () => {
    for (const [metres, degrees] of PLACES) {
      const [east, north] = frame.toZone(degrees);
      assert.ok(Math.hypot(east - metres[0], north - metres[1]) < 0.001, `${metres}: ${east} ${north}`);
    }
  });

  it('gives their degrees, and comes back to where it was', () => {
    for (const [metres, [lon, lat]] of PLACES) {
      const found = frame.toMap(metres);
      // A hundred-millionth of a degree is a millimetre.
      assert.ok(Math.hypot(found[0] - lon, found[1] - lat) < 1e-8, `${lon} ${lat}: ${found}`);
      const [east, north] = frame.toZone(found);
      assert.ok(Math.hypot(east - metres[0], north - metres[1]) < 1e-5);
    }
  });

  it('needs three corners only', () => {
    const three = corners.slice(0, 3);
    const triangle = new Frame(
      three.map(([, degrees]) => degrees),
      three.map(([metres]) => metres),
    );
    const [metres, degrees] = corners[3] ?? assert.fail();
    const [east, north] = triangle.toZone(degrees);
    assert.ok(Math.hypot(east - metres[0], north - metres[1]) < 0.001);
  });
});
