import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressWithDay, addressWithParcel, dayInAddress, parcelInAddress } from '../../src/address.ts';

const PAGE = 'http://127.0.0.1:8080/?lang=vi#17/10.8/106.7';

describe('the address of the page', () => {
  it('carries the largest id that a browser holds exactly', () => {
    const id = 9007199254740991;
    assert.equal(parcelInAddress(addressWithParcel(PAGE, id)), id);
  });

  it('names no parcel when the number is missing, too large or not a number', () => {
    for (const value of ['', '0', '-1', '1.5', '9007199254740992', '1e3', 'abc']) {
      assert.equal(parcelInAddress(`http://127.0.0.1/?parcel=${value}`), null, value);
    }
    assert.equal(parcelInAddress(PAGE), null);
  });

  it('carries a day of the calendar, and no other', () => {
    assert.equal(dayInAddress(addressWithDay(PAGE, '2024-02-29')), '2024-02-29');
    assert.equal(addressWithDay(addressWithDay(PAGE, '2024-02-29'), null), PAGE);
    for (const value of ['', '2023-02-29', '2024-13-01', '2024-8-1', '01/08/2024', '2024-08-01T00:00']) {
      assert.equal(dayInAddress(`http://127.0.0.1/?at=${value}`), null, value);
    }
    assert.equal(dayInAddress(PAGE), null);
  });

  it('keeps the position and everything else when the parcel changes', () => {
    const named = addressWithParcel(PAGE, 5);
    assert.equal(named, 'http://127.0.0.1:8080/?lang=vi&parcel=5#17/10.8/106.7');
    assert.equal(addressWithParcel(named, null), PAGE);
  });
});
