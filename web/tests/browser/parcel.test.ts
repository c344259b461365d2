import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { GeoJSONSource } from 'maplibre-gl';
import type { Browser, Page } from 'playwright-core';
import type { Parcel } from '../../src/api.ts';
import {
  ask,
  firstResult,
  launch,
  SERVER,
  SKIP,
  screenshot,
  settled,
  shownFacts,
  someParcel,
  visit,
} from './browser.ts';

describe('a parcel', { skip: SKIP }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it('shows on a click the facts that the interface gives for that point', () =>
    visit(browser, {}, async (page) => {
      const { label_point } = await someParcel(page);
      await page.evaluate((center) => window.diaba?.map.jumpTo({ center, zoom: 19 }), label_point);
      await settled(page);
      await clickCentre(page);
      await page.waitForSelector('#facts.open');
      await screenshot(page, 'parcel');
      const [lon, lat] = label_point;
      const answer = await ask<{ parcels: Parcel[] }>(`/api/v1/identify?lon=${lon}&lat=${lat}`);
      const parcel = answer.parcels[0] ?? assert.fail('the interface finds no parcel there');
      assert.equal(
        await page.innerText('#facts-title'),
        `Thửa ${parcel.parcel_no} · Tờ bản đồ ${parcel.sheet_no}`,
      );
      assert.deepEqual(await shownFacts(page), factsOf(parcel));
      const codes = await page.$$eval('#facts section b', (found) => found.map((code) => code.textContent));
      assert.deepEqual(
        codes,
        parcel.land_use.map(({ code }) => code),
      );
      assert.equal(new URL(page.url()).searchParams.get('parcel'), String(parcel.parcel_id));
      assert.deepEqual(await outlined(page), parcel.geometry);
    }));

  it('is found by sheet and number, with the keyboard alone', () =>
    visit(browser, {}, async (page) => {
      const { sheet_no, parcel_no } = await someParcel(page);
      const expected = await firstResult(`${sheet_no}/${parcel_no}`);
      assert.deepEqual([expected.sheet_no, expected.parcel_no], [sheet_no, parcel_no]);
      await page.locator('#search').pressSequentially(`Tờ ${sheet_no} thửa ${parcel_no}`);
      await page.waitForSelector('[role=option]');
      await page.keyboard.press('ArrowDown');
      assert.equal(await page.getAttribute('[role=option]', 'aria-selected'), 'true');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#facts.open');
      await settled(page);
      assert.equal(await page.innerText('#facts-title'), `Thửa ${parcel_no} · Tờ bản đồ ${sheet_no}`);
      await page.waitForFunction(() => document.activeElement?.id === 'facts-title');
      const { label_point } = await ask<Parcel>(`/api/v1/parcels/${expected.parcel_id}`);
      const isInView = await page.evaluate((at) => window.diaba?.map.getBounds().contains(at), label_point);
      assert.ok(isInView, 'the map moved to the parcel');
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('#facts.open').count(), 0);
      assert.equal(new URL(page.url()).searchParams.get('parcel'), null);
    }));

  it('is found by its address', (test) =>
    visit(browser, {}, async (page) => {
      const { address } = await someParcel(page);
      if (!address) return test.skip('the parcel in the middle has no address');
      const expected = await firstResult(address);
      await page.fill('#search', address);
      await page.click('[role=option]');
      await page.waitForSelector('#facts.open');
      assert.equal(new URL(page.url()).searchParams.get('parcel'), String(expected.parcel_id));
    }));

  it('opens from the address of the page, and closes on the way back', () =>
    visit(browser, {}, async (page) => {
      const { parcel_id, parcel_no, sheet_no, label_point } = await someParcel(page);
      await page.goto(`${SERVER}/?parcel=${parcel_id}`);
      await page.waitForSelector('#facts.open');
      await settled(page);
      assert.equal(await page.innerText('#facts-title'), `Thửa ${parcel_no} · Tờ bản đồ ${sheet_no}`);
      const isInView = await page.evaluate((at) => window.diaba?.map.getBounds().contains(at), label_point);
      assert.ok(isInView);
      await page.click('#facts-close');
      await page.waitForFunction(() => !location.search.includes('parcel'));
      await page.goBack();
      await page.waitForSelector('#facts.open');
    }));

  it('at the middle of the map is shown by Enter', () =>
    visit(browser, {}, async (page) => {
      const { parcel_no, sheet_no, label_point } = await someParcel(page);
      await page.evaluate((center) => window.diaba?.map.jumpTo({ center, zoom: 19 }), label_point);
      await settled(page);
      await page.focus('#map canvas');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#facts.open');
      assert.equal(await page.innerText('#facts-title'), `Thửa ${parcel_no} · Tờ bản đồ ${sheet_no}`);
    }));

  it('that is not in the register is said to be missing', () =>
    visit(browser, { path: '/?parcel=1', expected: /404/ }, async (page) => {
      await page.waitForFunction(() => document.querySelector('#message')?.textContent !== '');
      assert.equal(await page.innerText('#message'), 'Không tìm thấy thửa đất này');
    }));

  it('is described in the language of the reader, who chooses it once', () =>
    visit(browser, {}, async (page) => {
      const parcel = await someParcel(page);
      await page.goto(`${SERVER}/?parcel=${parcel.parcel_id}`);
      await page.waitForSelector('#facts.open');
      await page.click('#language');
      const title = `Parcel ${parcel.parcel_no} · Map sheet ${parcel.sheet_no}`;
      assert.equal(await page.innerText('#facts-title'), title);
      assert.equal(await page.innerText('#legend-toggle'), 'Legend');
      assert.equal(
        (await shownFacts(page))['Area by boundary'],
        `${grouped(parcel.computed_area_m2, ',', '.')} m²`,
      );
      await page.reload();
      await page.waitForSelector('#facts.open');
      assert.equal(await page.innerText('#facts-title'), title);
      assert.equal(await page.getAttribute('html', 'lang'), 'en');
    }));

  it('whose data look like markup is shown as text', () => {
    const markup = '<img src=x onerror="document.title=1">';
    const prepare = (page: Page) =>
      page.route('**/api/v1/parcels/*', async (route) => {
        const parcel = await (await route.fetch()).json();
        await route.fulfill({
          json: { ...parcel, address: markup, commune: { code: '99001', name: markup } },
        });
      });
    return visit(browser, { prepare }, async (page) => {
      const { parcel_id } = await someParcel(page);
      await page.goto(`${SERVER}/?parcel=${parcel_id}`);
      await page.waitForSelector('#facts.open');
      assert.equal((await shownFacts(page))['Địa chỉ'], markup);
      assert.equal(await page.locator('#facts img').count(), 0);
    });
  });
});

/** What the panel must say in Vietnamese, written from the answer with plain string work. */
function factsOf(parcel: Parcel): Record<string, string> {
  const { legal_area_m2, scale_denominator } = parcel;
  const recorded = new Date(Date.parse(parcel.recorded_at) + 7 * 3_600_000).toISOString();
  return {
    'Đơn vị hành chính': `${parcel.commune.name} (${parcel.commune.code})`,
    'Địa chỉ': parcel.address ?? 'Không có',
    'Mã định danh thửa đất': parcel.national_code ?? 'Chưa cấp',
    'Diện tích pháp lý': legal_area_m2 === null ? 'Không có' : `${grouped(legal_area_m2, '.', ',')} m²`,
    'Diện tích theo ranh giới': `${grouped(parcel.computed_area_m2, '.', ',')} m²`,
    'Hiệu lực từ': parcel.in_force_from.split('-').reverse().join('/'),
    'Ghi nhận lúc': `${recorded.slice(0, 10).split('-').reverse().join('/')} ${recorded.slice(11, 16)}`,
    'Phiên bản': String(parcel.revision),
    'Hệ tọa độ VN-2000': `EPSG:${parcel.zone}`,
    'Tỷ lệ bản đồ': scale_denominator === null ? 'Không có' : `1:${grouped(scale_denominator, '.', '')}`,
    'Số nội bộ': String(parcel.parcel_id),
    'Vị trí sổ': grouped(parcel.register_position, '.', ''),
  };
}

/** A number with these marks, to one decimal or, without a decimal mark, to none. */
function grouped(value: number, thousands: string, decimal: string): string {
  const [whole = '', fraction = ''] = value.toFixed(decimal ? 1 : 0).split('.');
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
  return decimal ? `${groups}${decimal}${fraction}` : groups;
}

async function clickCentre(page: Page): Promise<void> {
  const box = (await page.locator('#map').boundingBox()) ?? assert.fail('no map');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

/** The geometry of the red outline. */
function outlined(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    const source = window.diaba?.map.getSource<GeoJSONSource>('selection');
    const drawn = (await source?.getData()) as GeoJSON.FeatureCollection | undefined;
    return drawn?.features[0]?.geometry;
  });
}
