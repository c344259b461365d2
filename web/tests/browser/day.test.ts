import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { drawnParcels, launch, PHONE, SKIP, screenshot, settled, someParcel, visit } from './browser.ts';
import { askedTiles, ownStream, tell } from './stream.ts';

describe('the map of another day', { skip: SKIP }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it('is asked for by its day, says so, and leads back to today', () =>
    visit(browser, {}, async (page) => {
      assert.ok(await page.isHidden('#day-banner'));
      const asked = askedTiles(page);
      await page.fill('#day-input', '2024-08-01');
      await page.press('#day-input', 'Tab');
      await settled(page);
      assert.ok(asked.length > 0 && asked.every((tile) => tile.endsWith('?at=2024-08-01')), asked.join());
      assert.equal(await page.innerText('#day-text'), 'Bản đồ tại ngày 01/08/2024');
      assert.equal(new URL(page.url()).searchParams.get('at'), '2024-08-01');
      asked.length = 0;
      await page.click('#day-back');
      await settled(page);
      assert.ok(asked.length > 0 && !asked.join().includes('at='), asked.join());
      assert.ok(await page.isHidden('#day-banner'));
      assert.equal(new URL(page.url()).searchParams.get('at'), null);
      await page.goBack();
      assert.equal(await page.innerText('#day-text'), 'Bản đồ tại ngày 01/08/2024');
    }));

  it('shows no parcel that was not yet in force', () =>
    visit(browser, {}, async (page) => {
      const { parcel_id, in_force_from } = await someParcel(page);
      const eve = new Date(Date.parse(in_force_from) - 86_400_000).toISOString().slice(0, 10);
      await page.fill('#day-input', eve);
      await page.press('#day-input', 'Tab');
      await settled(page);
      const drawn = await drawnParcels(page);
      assert.ok(!drawn.some(({ id }) => id === parcel_id));
    }));

  it('stands still when the register changes', () =>
    visit(browser, { path: '/?at=2024-08-01', prepare: ownStream }, async (page) => {
      const asked = askedTiles(page);
      await tell(page, 'reset', { position: 9 });
      await settled(page);
      assert.deepEqual(asked, []);
    }));

  it('begins at zoom 14, and tells the reader to zoom in before', () =>
    visit(browser, { path: '/?at=2024-08-01', viewport: PHONE }, async (page) => {
      assert.ok(await page.isHidden('#zoom-hint'));
      const asked = askedTiles(page);
      await page.evaluate(() => window.diaba?.map.jumpTo({ zoom: 11 }));
      await settled(page);
      await screenshot(page, 'day');
      assert.deepEqual(asked, []);
      assert.equal(await page.innerText('#zoom-hint'), 'Phóng to để xem thửa đất');
    }));

  it('is that of today when the address names no day of the calendar', () =>
    visit(browser, { path: '/?at=2024-02-31' }, async (page) => {
      assert.ok(await page.isHidden('#day-banner'));
    }));
});
