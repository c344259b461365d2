import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalizeQuery } from '../../src/query.ts';

describe('a query', () => {
  it('names sheet and parcel in several spellings', () => {
    for (const typed of [
      '3/17',
      ' 3 / 17 ',
      'Tờ 3 thửa 17',
      'to 3, thua 17',
      'Tờ bản đồ số 3, thửa đất số 17',
      'TỜ 3; THỬA 17',
    ]) {
      assert.equal(normalizeQuery(typed), '3/17', typed);
    }
  });

  it('reads marks that a keyboard typed as separate characters', () => {
    assert.equal(normalizeQuery('Tờ 3 thửa 17'.normalize('NFD')), '3/17');
  });

  it('writes a certificate serial as printed', () => {
    assert.equal(normalizeQuery('aa00000001'), 'AA 00000001');
    assert.equal(normalizeQuery('BK 123456'), 'BK 123456');
    assert.equal(normalizeQuery('Đđ  123456'), 'ĐĐ 123456');
  });

  it('leaves everything else to the server, only tidying spaces', () => {
    assert.equal(normalizeQuery('  12/3  Đường   Nguyễn Thị Định '), '12/3 Đường Nguyễn Thị Định');
    assert.equal(normalizeQuery('AA 1234567'), 'AA 1234567');
    assert.equal(normalizeQuery('   '), '');
  });
});
