import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Parcel } from '../../src/api.ts';
import {
  ask,
  coloursAt,
  drawnParcels,
  launch,
  PHONE,
  SERVER,
  SKIP,
  screenshot,
  settled,
  someParcel,
  visit,
} from './browser.ts';

const COLOURS = new Map<string, string>(
  JSON.parse(readFileSync('../tiles/land-use.json', 'utf8')).map((row: { code: string; colour: string }) => [
    row.code,
    row.colour,
  ]),
);

describe('the map', { skip: SKIP }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it('draws each parcel in the legend colour of its land use', () =>
    visit(browser, {}, async (page) => {
      const { label_point } = await someParcel(page);
      await page.evaluate((center) => window.diaba?.map.jumpTo({ center, zoom: 16.5 }), label_point);
      await settled(page);
      const drawn = (await drawnParcels(page)).slice(0, 40);
      const parcels = await Promise.all(drawn.map(({ id }) => ask<Parcel>(`/api/v1/parcels/${id}`)));
      const inside = await coloursAt(
        page,
        parcels.map((parcel) => parcel.label_point),
      );
      const expected = drawn.map(({ id, land_use }) => ({ id, land_use, colour: COLOURS.get(land_use) }));
      const seen = drawn.map(({ id, land_use }, index) => ({ id, land_use, colour: inside[index] }));
      const isVisible = (_: unknown, index: number) => inside[index] !== null;
      assert.ok(seen.filter(isVisible).length > 5, 'too few parcels in view');
      assert.deepEqual(seen.filter(isVisible), expected.filter(isVisible));
      assert.ok(new Set(inside).size > 2, 'several land uses are in view');
    }));

  it('gets from tiles the same parcels as from the interface', () =>
    visit(browser, {}, async (page) => {
      for (const drawn of (await drawnParcels(page)).slice(0, 20)) {
        const parcel = await ask<Parcel>(`/api/v1/parcels/${drawn.id}`);
        const { parcel_id: id, sheet_no: sheet, parcel_no: number, computed_area_m2 } = parcel;
        const fromApi = {
          id,
          sheet,
          number,
          commune: parcel.commune.code,
          land_use: parcel.land_use[0]?.code,
        };
        const { area_m2, ...fromTile } = drawn;
        assert.deepEqual(fromTile, fromApi);
        const areas = [computed_area_m2, parcel.legal_area_m2 ?? computed_area_m2];
        assert.ok(
          areas.some((area) => Math.abs(area - area_m2) < 0.06),
          `parcel ${id}: ${area_m2} in the tile, ${areas} in the answer`,
        );
      }
    }));

  it('names in its legend exactly the land uses in view', () =>
    visit(browser, {}, async (page) => {
      await screenshot(page, 'map');
      const drawn = new Set((await drawnParcels(page)).map(({ land_use }) => land_use));
      const named = await page.$$eval('#legend-list b', (codes) =>
        codes.map((code) => code.textContent ?? ''),
      );
      assert.deepEqual(named.sort(), [...drawn].sort());
      await page.check('#legend-all');
      assert.equal(await page.locator('#legend-list li').count(), COLOURS.size);
    }));

  it('labels parcels close up with the fonts of the page', () =>
    visit(browser, {}, async (page) => {
      const { label_point } = await someParcel(page);
      await page.evaluate((center) => window.diaba?.map.jumpTo({ center, zoom: 18.5 }), label_point);
      await settled(page);
      const labels = await page.evaluate(
        () => window.diaba?.map.queryRenderedFeatures({ layers: ['parcel-label'] }).length ?? 0,
      );
      assert.ok(labels > 0, 'no label is drawn');
      assert.ok(await page.evaluate(() => document.fonts.check('16px "Inter Variable"', 'Thửa đất')));
    }));

  it('says how many parcels are too small to draw, and names their land uses', () =>
    visit(browser, {}, async (page) => {
      assert.ok(await page.isHidden('#summed'));
      const drawn = new Set((await drawnParcels(page)).map(({ land_use }) => land_use));
      await page.evaluate(() => window.diaba?.map.jumpTo({ zoom: 9 }));
      await settled(page);
      const { parcels } = await ask<{ parcels: number }>('/readyz');
      const count = String(parcels).replace(/\B(?=(\d{3})+$)/g, '.');
      assert.equal(await page.innerText('#summed'), `Thửa nhỏ ở đây được gộp theo loại đất: ${count}`);
      const named = await page.$$eval('#legend-list b', (codes) => codes.map((code) => code.textContent));
      assert.deepEqual(named.sort(), [...drawn].sort());
      await page.click('#language');
      assert.match(await page.innerText('#summed'), /^Small parcels here are summed up by land use: /);
    }));

  it('names communes from afar and sheets nearer', () =>
    visit(browser, {}, async (page) => {
      const { commune, sheet_no, label_point } = await someParcel(page);
      assert.deepEqual(await namesAt(page, 'commune-label', label_point, 11), [commune.name]);
      assert.ok(
        (await namesAt(page, 'sheet-label', label_point, 15)).includes(`${commune.code}/${sheet_no}`),
      );
    }));

  it('keeps its position in the address of the page', () =>
    visit(browser, {}, async (page) => {
      const { label_point } = await someParcel(page);
      await page.evaluate((center) => window.diaba?.map.jumpTo({ center, zoom: 17 }), label_point);
      await settled(page);
      await page.reload();
      await page.waitForFunction(() => window.diaba !== undefined);
      assert.equal(await page.evaluate(() => window.diaba?.map.getZoom()), 17);
    }));

  it('says that the server is away, and goes on when it is back', () =>
    visit(browser, { expected: /Failed to load resource/ }, async (page) => {
      await page.route('**/tiles/parcels.json', (route) => route.abort());
      await page.reload();
      await page.waitForSelector('#message button');
      assert.match(await page.innerText('#message'), /^Không kết nối được máy chủ/);
      await page.unroute('**/tiles/parcels.json');
      await page.click('#message button');
      await page.waitForFunction(() => window.diaba !== undefined);
      await settled(page);
      assert.ok((await drawnParcels(page)).length > 0);
    }));

  it('fits a phone', () =>
    visit(browser, { viewport: PHONE }, async (page) => {
      const { parcel_id } = await someParcel(page);
      await page.goto(`${SERVER}/?parcel=${parcel_id}`);
      await page.waitForSelector('#facts.open');
      await settled(page);
      await screenshot(page, 'phone');
      assert.ok(await page.isHidden('#legend-body'), 'the legend starts closed');
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(width, PHONE.width, 'nothing is wider than the screen');
      const facts = await page.locator('#facts').boundingBox();
      assert.ok(facts && facts.x === 0 && facts.width === PHONE.width && facts.y > PHONE.height / 3);
      const search = await page.locator('#search').boundingBox();
      assert.ok(search && search.width > PHONE.width * 0.8);
    }));

  it('comes with a policy that forbids foreign and inline code', async () => {
    const response = await fetch(SERVER);
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /script-src 'self'(;|$)/);
    assert.match(policy, /connect-src 'self'(;|$)/);
  });
});

/** The names, or where there are none the codes, that a layer shows around a point. */
async function namesAt(page: Page, layer: string, center: [number, number], zoom: number): Promise<string[]> {
  await page.evaluate((view) => window.diaba?.map.jumpTo(view), { center, zoom });
  await settled(page);
  return page.evaluate((id) => {
    const shown = window.diaba?.map.queryRenderedFeatures({ layers: [id] }) ?? [];
    return shown.map(({ properties }) => properties.name ?? properties.code);
  }, layer);
}
