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
/** The server keeps places on a grid of so many points around the equator. */
const GRID = 2 ** 36;

export const nameOf = ({ z, x, y }) => `${z}/${x}/${y}`;

/** Where a place is on the map, from 0 in the north-west to 1 in the south-east. */
function shares([lon, lat]) {
  return [(lon + 180) / 360, 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)];
}

/** A place in units of a tile, not rounded. */
export function unitsOf({ z, x, y }, place) {
  const [column, row] = shares(place);
  return [(column * 2 ** z - x) * EXTENT, (row * 2 ** z - y) * EXTENT];
}

/** The unit of a tile that a place lies in: the interface's decimals are fine enough to say which point of the grid it is. */
function unitOf({ z, x, y }, place) {
  const width = GRID / 2 ** z / EXTENT;
  const [column, row] = shares(place).map((share) => Math.floor(Math.round(share * GRID) / width));
  return [column - x * EXTENT, row - y * EXTENT];
}

export function isIn(tile, place) {
  return unitOf(tile, place).every((unit) => unit >= 0 && unit < EXTENT);
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

/** A label lies in the tile, in the unit where the interface has it. */
export function checkLabel(feature, place, tile) {
  assert.equal(feature.type, POINT);
  const [[{ x, y }]] = feature.loadGeometry();
  assert.ok(x >= 0 && x < EXTENT && y >= 0 && y < EXTENT);
  assert.deepEqual([x, y], unitOf(tile, place), `label ${feature.id} of ${nameOf(tile)}`);
}

/**
 * An outline is wound as the specification wants, and is the interface's boundary in units of the tile, without ways that lead out
 * and back over the same units; of one that the tile's buffer cuts, the corners in the buffered tile are the boundary's, and none
 * is missing. Gives whether it is too small to be drawn as it is, and how many corners were on such ways.
 */
export function checkOutline(feature, boundary, tile) {
  const where = `parcel ${feature.id} in ${nameOf(tile)}`;
  assert.equal(feature.type, POLYGON);
  const rings = feature.loadGeometry();
  assertWound(rings, where);
  const surveyed = boundary.map((ring) => unrepeated(ring.slice(1).map((place) => unitOf(tile, place))));
  const expected = surveyed.map(withoutSpikes);
  const drawn = rings.map((ring) => ring.slice(1).map(({ x, y }) => [x, y]));
  const isSquare = rings.length === 1 && area(rings[0]) === 1 && rings[0].length === 5;
  const isWhole = surveyed.flat(2).every((unit) => unit >= -BUFFER && unit < EXTENT + BUFFER);
  const [outer, ...holes] = expected.map((ring) => Math.abs(area(closed(ring))));
  const isSpeck = isSquare && (!isWhole || outer <= sum(holes));
  if (isSpeck) return { isSpeck, spikes: 0 };
  if (isWhole) {
    const shown = expected.filter((ring) => area(closed(ring)) !== 0);
    assert.equal(drawn.length, shown.length, `${where} has other rings than its boundary`);
    for (const [index, ring] of shown.entries()) assertSameRing(drawn[index], ring, where);
  } else {
    const allowed = new Set(surveyed.flat().map(String));
    const isCut = (corner) => corner.some((unit) => unit === -BUFFER || unit === EXTENT + BUFFER);
    const strange = drawn.flat().filter((corner) => !isCut(corner) && !allowed.has(`${corner}`));
    assert.deepEqual(strange, [], `${where} has corners that its boundary has not`);
    const has = new Set(drawn.flat().map(String));
    const isInside = (corner) => corner.every((unit) => unit > -BUFFER && unit < EXTENT + BUFFER);
    const missing = expected[0].filter((corner) => isInside(corner) && !has.has(`${corner}`));
    assert.deepEqual(missing, [], `${where} lacks corners of its boundary`);
  }
  return { isSpeck, spikes: surveyed.flat().length - expected.flat().length };
}

/** The outer ring is clockwise, holes are anticlockwise, no ring repeats a point. */
function assertWound(rings, where) {
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
}

const isSame = (a, b) => `${a}` === `${b}`;

/** A ring without corners that repeat the one before. */
function unrepeated(ring) {
  return ring.filter((corner, index) => !isSame(corner, ring.at(index - 1)));
}

/** A ring without ways that lead out and back: where the corners before and after one are the same, it goes, and one of them. */
function withoutSpikes(ring) {
  const tip = ring.findIndex((_, index) => isSame(ring.at(index - 1), ring[(index + 1) % ring.length]));
  if (tip < 0 || ring.length < 3) return ring;
  const turned = [...ring.slice(tip), ...ring.slice(0, tip)];
  return withoutSpikes(turned.slice(2));
}

/** Two rings have the same corners in the same order, from whichever corner and whichever way round. */
function assertSameRing(drawn, ring, where) {
  const text = (corners) => ` ${corners.join(' ')} `;
  const around = [ring, ring.toReversed()].map((corners) => text([...corners, ...corners]));
  assert.ok(
    drawn.length === ring.length && around.some((ways) => ways.includes(text(drawn))),
    `${where} is ${text(drawn)}and not ${text(ring)}`,
  );
}

const closed = (ring) => [...ring, ...ring.slice(0, 1)].map(([x, y]) => ({ x, y }));

/** Signed area of a closed ring; positive for clockwise with y downwards. */
function area(ring) {
  const doubled = ring.slice(1).map((to, index) => ring[index].x * to.y - to.x * ring[index].y);
  return sum(doubled) / 2;
}

const sum = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
