/** Between a map's longitudes and latitudes and a zone's metres, around a few parcels: fitted to their own vertices. */
import type { LonLat } from './api.ts';

/** Metres east and north in a zone. */
export type PointM = [east_m: number, north_m: number];

/** A complex number. */
type Complex = [re: number, im: number];

/** WGS 84. */
const ECCENTRICITY = Math.sqrt(0.00669437999014);
const RADIANS = Math.PI / 180;
const STEPS = 12;

/**
 * Both ways between degrees and a zone's metres.
 *
 * A zone is a conformal picture of the ellipsoid, so that over some kilometres a polynomial of the second degree in
 * longitude and isometric latitude, as one complex number, gives it within a millimetre.
 */
export class Frame {
  private readonly origin: Complex;
  private readonly scale: number;
  private readonly terms: [Complex, Complex, Complex];

  /** Fitted to at least three places that are known in both. */
  constructor(degrees: LonLat[], metres: PointM[]) {
    const places = degrees.map(isometric);
    this.origin = places[0] ?? [0, 0];
    const offsets = places.map((place) => minus(place, this.origin));
    this.scale = 1 / Math.max(...offsets.map(([re, im]) => Math.hypot(re, im)), 1e-12);
    this.terms = fitted(
      offsets.map((offset) => by(offset, this.scale)),
      metres,
    );
  }

  toZone(at: LonLat): PointM {
    const [a, b, c] = this.terms;
    const w = by(minus(isometric(at), this.origin), this.scale);
    return plus(a, times(w, plus(b, times(w, c))));
  }

  toMap(at: PointM): LonLat {
    const [a, b, c] = this.terms;
    const goal = minus(at, a);
    let w = over(goal, b);
    for (let step = 0; step < STEPS; step++) w = over(goal, plus(b, times(w, c)));
    const [longitude, latitude] = plus(by(w, 1 / this.scale), this.origin);
    return [longitude / RADIANS, geodetic(latitude) / RADIANS];
  }
}

/** Longitude and isometric latitude, in radians. */
function isometric([lon, lat]: LonLat): Complex {
  const sine = Math.sin(lat * RADIANS);
  return [lon * RADIANS, Math.atanh(sine) - ECCENTRICITY * Math.atanh(ECCENTRICITY * sine)];
}

/** The latitude of an isometric one. */
function geodetic(latitude: number): number {
  let sine = Math.tanh(latitude);
  for (let step = 0; step < STEPS; step++) {
    sine = Math.tanh(latitude + ECCENTRICITY * Math.atanh(ECCENTRICITY * sine));
  }
  return Math.asin(sine);
}

/** The terms of the polynomial that passes nearest to all places (least squares). */
function fitted(places: Complex[], values: Complex[]): [Complex, Complex, Complex] {
  const rows = [0, 1, 2].map((row) => {
    const sums: Complex[] = [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ];
    places.forEach((place, index) => {
      const powers: Complex[] = [[1, 0], place, times(place, place)];
      const [re, im] = powers[row] ?? [0, 0];
      const value = values[index] ?? [0, 0];
      for (const [column, factor] of [...powers, value].entries()) {
        sums[column] = plus(sums[column] ?? [0, 0], times([re, -im], factor));
      }
    });
    return sums;
  });
  return solved(rows);
}

/** Solves three equations, the right-hand side last in each row. */
function solved(rows: Complex[][]): [Complex, Complex, Complex] {
  const at = (row: number, column: number): Complex => rows[row]?.[column] ?? [0, 0];
  for (let pivot = 0; pivot < 3; pivot++) {
    for (let row = pivot + 1; row < 3; row++) {
      const factor = over(at(row, pivot), at(pivot, pivot));
      rows[row] = [0, 1, 2, 3].map((column) => minus(at(row, column), times(factor, at(pivot, column))));
    }
  }
  const c = over(at(2, 3), at(2, 2));
  const b = over(minus(at(1, 3), times(at(1, 2), c)), at(1, 1));
  const a = over(minus(minus(at(0, 3), times(at(0, 2), c)), times(at(0, 1), b)), at(0, 0));
  return [a, b, c];
}

function plus([a, b]: Complex, [c, d]: Complex): Complex {
  return [a + c, b + d];
}

function minus([a, b]: Complex, [c, d]: Complex): Complex {
  return [a - c, b - d];
}

function by([a, b]: Complex, factor: number): Complex {
  return [a * factor, b * factor];
}

function times([a, b]: Complex, [c, d]: Complex): Complex {
  return [a * c - b * d, a * d + b * c];
}

function over([a, b]: Complex, [c, d]: Complex): Complex {
  const size = c * c + d * d;
  return [(a * c + b * d) / size, (b * c - a * d) / size];
}
