import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Operation, ParcelRef } from '../../src/land.ts';
import { buildingOn, endedBy, maySwap, swapped, without } from '../../src/steps.ts';

const made = (operation: number, child: number): ParcelRef => ({ operation, child });
const split = (parcel: ParcelRef): Operation => ({ kind: 'split', parcel, by: {} });
const merge = (...parcels: ParcelRef[]): Operation => ({ kind: 'merge', parcels });
const transfer = (...parcels: ParcelRef[]): Operation => ({
  kind: 'transfer',
  parcels,
  by: 'CN',
  from: 1,
  to: [],
  document: { number: '1', signed_on: '2026-11-28', signed_by: null },
});

/** A part is cut off parcel 7, sold, and merged into parcel 8; parcel 9 is cut too. */
const LIST = [split(7), split(9), transfer(made(0, 1)), merge(made(0, 1), 8)];

describe('a list of operations', () => {
  it('knows what an operation is the ground of', () => {
    assert.deepEqual(buildingOn(LIST, 0), [0, 2, 3]);
    assert.deepEqual(buildingOn(LIST, 1), [1]);
    assert.deepEqual(buildingOn([split(7), split(made(0, 0)), split(made(1, 0))], 0), [0, 1, 2]);
  });

  it('loses with an operation what builds on it, and names the rest by new numbers', () => {
    assert.deepEqual(without(LIST, 0), [split(9)]);
    assert.deepEqual(without(LIST, 1), [split(7), transfer(made(0, 1)), merge(made(0, 1), 8)]);
    assert.deepEqual(without([split(9), split(7), merge(made(1, 1), 8)], 0), [
      split(7),
      merge(made(0, 1), 8),
    ]);
  });

  it('lets operations change places where neither acts on what the other does', () => {
    assert.ok(maySwap(LIST, 0));
    assert.deepEqual(swapped(LIST, 0), [split(9), split(7), transfer(made(1, 1)), merge(made(1, 1), 8)]);
    assert.ok(maySwap(LIST, 1));
    // The merger ends what the transfer is about.
    assert.ok(!maySwap(LIST, 2));
    assert.ok(!maySwap([split(7), split(made(0, 0))], 0));
    assert.ok(!maySwap(LIST, 3) && !maySwap(LIST, -1));
  });

  it('knows which operation ended a parcel: a transfer ends none', () => {
    assert.equal(endedBy(LIST, 7), 0);
    assert.equal(endedBy(LIST, made(0, 1)), 3);
    assert.equal(endedBy(LIST, made(0, 0)), null);
    assert.equal(endedBy(LIST.slice(0, 3), made(0, 1)), null);
  });
});
