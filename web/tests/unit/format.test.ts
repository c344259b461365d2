import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { area, count, day, dayInVietNam, decimals, instant, money, signed } from '../../src/format.ts';

describe('numbers and dates', () => {
  it('have a decimal comma and a thousands dot in Vietnamese', () => {
    assert.equal(area(123.4, 'vi'), '123,4 m²');
    assert.equal(area(11700, 'vi'), '11.700,0 m²');
    assert.equal(count(12500, 'vi'), '12.500');
  });

  it('have a decimal point and a thousands comma in English', () => {
    assert.equal(area(11700.06, 'en'), '11,700.1 m²');
    assert.equal(count(1234567, 'en'), '1,234,567');
  });

  it('have as many decimals as wanted, and differences a sign', () => {
    assert.equal(decimals(1180024.754, 3, 'vi'), '1.180.024,754');
    assert.equal(signed(0.3, 1, 'vi'), '+0,3');
    assert.equal(signed(-1234.56, 1, 'vi'), '−1.234,6');
    assert.equal(signed(-0.04, 1, 'vi'), '0,0');
    assert.equal(money(1200000000, 'vi'), '1.200.000.000 đồng');
  });

  it('put the day first', () => {
    assert.equal(day('2025-07-01'), '01/07/2025');
    assert.equal(day('before 1980'), 'before 1980');
  });

  it('begin the day when it begins in Viet Nam', () => {
    assert.equal(dayInVietNam(new Date('2025-12-31T16:59:59Z')), '2025-12-31');
    assert.equal(dayInVietNam(new Date('2025-12-31T17:00:00Z')), '2026-01-01');
  });

  it('give instants in the time of Viet Nam, across midnight too', () => {
    assert.equal(instant('2026-03-30T03:04:05Z'), '30/03/2026 10:04');
    assert.equal(instant('2025-12-31T20:30:00.123456Z'), '01/01/2026 03:30');
    assert.equal(instant('soon'), 'soon');
  });
});
