/** One tile: where it is, what must hold of its features, by the Mapbox Vector Tile Specification 2.1. */
import assert from 'node:assert/strict';
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';

export const EXTENT = 4096;
export const BUFFER = 64;
/** Layers whose features need no id: a sheet's code is no number. */
const AREA_LAYERS = ['provinces', 'communes', 'sheets', 'area_labels'];
const POINT = 1;
const POLYGON = 3;
/** The server keeps places on a grid of 1/16 unit of the deepest zoom: so near to a unit's edge either unit is right. */
const ROUNDING = 1 / 16;

export const nameOf = ({ z, x, y }) => `${z}/${x}/${y}`;

/** A place in units of a tile, not rounded. */
export function unitsOf({ z, x, y }, [lon, lat]) {
  const column = (lon + 180) / 360;
  const row = 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI);
  return [(column * 2 ** z - x) * EXTENT, (row * 2 ** z - y) * EXTENT];
}

export function isIn(tile, place) {
  return unitsOf(tile, place).every((unit) => unit >= 0 && unit < EXTENT);
}

/** The features of each layer. */
export function decode(bytes, tile) {
  const { parcels, labels, aggregates, provinces, communes, sheets, area_labels, ...others } = new VectorTile(
    new PbfReader(bytes),
  ).layers;
  assert.deepEqual(Object.keys(others), []);
  const areas = [provinces, communes, sheets, area_labels].map((layer) => featuresOf(layer, tile));
  return {
    outlines: featuresOf(parcels, tile),
    labels: featuresOf(labels, tile),
    aggregates: featuresOf(aggregates, tile),
    areas: areas.flat(),
  };
}

function featuresOf(layer, tile) {
  if (!layer) return [];
  assert.deepEqual([layer.version, layer.extent], [2, EXTENT]);
  const features = Array.from({ length: layer.length }, (_, index) => layer.feature(index));
  const ids = features.map(({ id }) => id);
  const given = AREA_LAYERS.includes(layer.name) ? ids.filter((id) => id !== undefined) : ids;
  assert.ok(given.every(Number.isSafeInteger), `${layer.name} of ${nameOf(tile)}`);
  if (layer.name !== 'area_labels') {
    assert.equal(new Set(given).size, given.length, `${layer.name} of ${nameOf(tile)}: an id stands twice`);
  }
  return features;
}

/** A label lies in the tile, at most a unit from where the interface has it. */
export function checkLabel(feature, place, tile) {
  assert.equal(feature.type, POINT);
  const [[{ x, y }]] = feature.loadGeometry();
  assert.ok(x >= 0 && x < EXTENT && y >= 0 && y < EXTENT);
  assert.ok(unitCorners(unitsOf(tile, place)).has(`${x},${y}`), `label ${feature.id} of ${nameOf(tile)}`);
}

/**
 * An outline is wound as the specification wants, and has the corners that the interface's boundary has in the tile: no
 * other but where the tile's buffer cuts it. Gives whether it is too small to be drawn as it is, and how many corners it lacks:
 * tips of spikes that have no width on the tile's grid are left out.
 */
export function checkOutline(feature, boundary, tile) {
  const where = `parcel ${feature.id} in ${nameOf(tile)}`;
  assert.equal(feature.type, POLYGON);
  const rings = feature.loadGeometry();
  const areas = rings.map(area);
  assert.ok(areas[0] > 0, `the outer ring of ${where} is not clockwise`);
  assert.ok(
    areas.slice(1).every((hole) => hole < 0),
    `a hole of ${where} is not anticlockwise`,
  );
  for (const ring of rings) {
    const steps = ring
      .slice(1)
      .map(({ x, y }, index) => Math.abs(x - ring[index].x) + Math.abs(y - ring[index].y));
    assert.ok(
      steps.every((step) => step > 0),
      `${where} repeats a point`,
    );
  }
  if (rings.length === 1 && areas[0] === 1 && rings[0].length === 5) return { isSpeck: true, lost: 0 };

  const surveyed = boundary.flat().map((place) => unitsOf(tile, place));
  const allowed = new Set(surveyed.flatMap((place) => [...unitCorners(place)]));
  const drawn = rings.flat();
  const isCut = ({ x, y }) => [x, y].some((unit) => unit === -BUFFER || unit === EXTENT + BUFFER);
  const strange = drawn.filter((point) => !isCut(point) && !allowed.has(`${point.x},${point.y}`));
  assert.deepEqual(strange, [], `${where} has corners that its boundary has not`);

  const inside = (unit) => unit > -BUFFER + 1 && unit < EXTENT + BUFFER - 1;
  const has = new Set(drawn.map(({ x, y }) => `${x},${y}`));
  const outer = boundary[0].slice(1).map((place) => unitsOf(tile, place));
  const isLost = (place) => place.every(inside) && ![...unitCorners(place)].some((corner) => has.has(corner));
  return { isSpeck: false, lost: outer.filter(isLost).length };
}

/** The unit that a place lies in, and its neighbour where the place is too near to tell. */
function unitCorners([x, y]) {
  const either = (value) => [Math.floor(value - ROUNDING), Math.floor(value + ROUNDING)];
  return new Set(either(x).flatMap((column) => either(y).map((row) => `${column},${row}`)));
}

/** Signed area of a closed ring; positive for clockwise with y downwards. */
function area(ring) {
  const doubled = ring.slice(1).map((to, index) => ring[index].x * to.y - to.x * ring[index].y);
  return doubled.reduce((sum, part) => sum + part, 0) / 2;
}
