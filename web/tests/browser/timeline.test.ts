import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Timeline } from '../../src/entry.ts';
import { ask, firstResult, launch, PHONE, SKIP, screenshot, visit } from './browser.ts';

describe('the timeline of a parcel', { skip: SKIP }, () => {
  let browser: Browser;
  let id: number;
  before(async () => {
    browser = await launch();
    id = (await firstResult('1/1')).parcel_id;
  });
  after(() => browser.close());

  const ready = (page: Page) => page.waitForSelector('#moments li');

  it('shows every entry that the server tells, and no person', async () => {
    const { entries, parcel } = await ask<Timeline>(`/api/v1/parcels/${id}/timeline`);
    await visit(browser, { path: `/parcels/${id}/timeline`, ready }, async (page) => {
      await screenshot(page, 'timeline');
      const title = await page.innerText('#title');
      assert.match(title, new RegExp(`Thửa ${parcel.parcel_no} · Tờ ${parcel.sheet_no}`));
      assert.equal(await page.locator('#moments ul li').count(), entries.length);
      const bars = entries.filter(({ kind }) => !['operation', 'parent', 'child'].includes(kind));
      assert.equal(await page.locator('#bars rect').count(), bars.length);
      assert.equal(await page.getAttribute('#on-map', 'href'), `/?parcel=${id}`);
    });
  });

  it('fits a phone', () =>
    visit(browser, { path: `/parcels/${id}/timeline`, viewport: PHONE, ready }, async (page) => {
      await screenshot(page, 'timeline-phone');
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0);
    }));

  it('says so where there never was such a parcel', () => {
    const gone = (page: Page) => page.waitForSelector('#message:not([hidden])');
    const options = { path: '/parcels/1099599999999/timeline', expected: /404/, ready: gone };
    return visit(browser, options, async (page) => {
      assert.match(await page.innerText('#message'), /Không có thửa đất này/);
      assert.equal(await page.isVisible('#chart'), false);
    });
  });
});
