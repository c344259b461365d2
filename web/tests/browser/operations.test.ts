/** Lists of operations on land, filled in, assigned and checked as officers do, on parcels that no other test works on. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { GeoJSONSource } from 'maplibre-gl';
import type { Browser, Page } from 'playwright-core';
import type { Parcel } from '../../src/api.ts';
import type { Report } from '../../src/report.ts';
import {
  ask,
  askAs,
  BESIDE,
  firstResult,
  launch,
  officerToken,
  overflow,
  PHONE,
  SKIP_EDITS,
  screenshot,
  settled,
  tabOf,
  visit,
} from './browser.ts';

/** Has 180 m² of residential land and 253 m² of perennial crops. */
const MIXED = '1/68';
const TODAY = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
const CONTRACT = { number: '7/2026/HĐTC', signed_on: TODAY, signed_by: 'Phòng công chứng số 1' };

interface Tenure {
  mortgages: { encumbrance_id: number }[];
  restrictions: { restriction_id: number }[];
}

interface Holders {
  rights: { party_kind: string; party_name: string; personal_no: string }[];
}

describe('operations on land that commit together', { skip: SKIP_EDITS }, () => {
  let browser: Browser;
  let all: string;
  let mixed: Parcel;
  before(async () => {
    browser = await launch();
    all = officerToken('Một Mình');
    mixed = await parcelOf(MIXED);
    const parcels = [mixed.parcel_id];
    const bank = { kind: 'organisation', name: 'Ngân hàng Mẫu', personal_no: '0100112437' };
    const operations = [
      { kind: 'mortgage', parcels, to: bank, document: CONTRACT, amount_vnd: 500_000_000 },
      { kind: 'restrict', parcels, sort: 'neighbour-right', content: 'Lối đi qua', document: CONTRACT },
    ];
    await commit(all, [mixed.parcel_id], operations);
  });
  after(() => browser.close());

  const near = ({ label_point: [lon, lat] }: Parcel) => `/desk#18/${lat}/${lon}`;

  it('say which part of a cut gets which use, mortgage and restriction, proposed by area, and what is wrong', () =>
    visit(browser, { path: near(mixed), viewport: BESIDE, prepare: tabOf(all) }, async (page) => {
      await page.getByRole('button', { name: 'Biến động ngoài hồ sơ' }).click();
      await take(page, MIXED);
      await drawAcross(page, mixed);
      await page.getByRole('button', { name: 'Kiểm tra' }).click();
      const table = page.getByRole('region', { name: 'Phân cho các phần của Tờ 1 thửa 68' });
      await table.waitFor();
      // In proportion to the areas, and each use as large as it was.
      const areas = (await table.locator('thead .detail').allInnerTexts()).map(numberOf);
      const own = async (part: number) => {
        const uses = ['ONT', 'CLN'].map((code) => table.getByLabel(`${code}, phần ${part} (m²)`));
        return Promise.all(uses.map(async (input) => numberOf(await input.inputValue())));
      };
      const [first = [], second = []] = [await own(1), await own(2)];
      const ratio = (areas[0] ?? 0) / 433;
      assert.ok(Math.abs((first[0] ?? 0) - 180 * ratio) <= 0.05, `${first[0]} m² of 180 m²`);
      assert.deepEqual(
        first.map((area, use) => Number((area + (second[use] ?? 0)).toFixed(1))),
        [180, 253],
      );
      assert.equal(await table.getByText('khớp').count(), 2);
      await table.getByText('Ngân hàng Mẫu · hợp đồng 7/2026/HĐTC · 500.000.000 đồng').waitFor();
      await page.getByText('Đủ điều kiện thực hiện').waitFor();
      await settled(page);
      await screenshot(page, 'desk-assigned');

      // A mortgage on no part, and residential land that is left over.
      for (const part of [1, 2]) await table.getByLabel(`Thế chấp, phần ${part}`).uncheck();
      await table.getByLabel('Hạn chế, phần 2').uncheck();
      await table.getByLabel('ONT, phần 1 (m²)').fill('60,5');
      const left = ((first[0] ?? 0) - 60.5).toFixed(1).replace('.', ',');
      await table.getByText(`ONT còn chưa phân ${left} m²`).waitFor();
      await page.getByText('Đã phân lại').waitFor();
      await page.getByRole('button', { name: 'Kiểm tra' }).click();
      const wrong = page.locator('.assign .problem');
      await wrong.getByText('Loại đất phân cho các thửa mới không khớp với thửa cũ').waitFor();
      await wrong.getByText('ONT có 180,0 m²: cộng các phần phải bằng diện tích đó').waitFor();
      // Nothing of it is in English.
      assert.equal(await page.locator('.report [lang=en], .assign [lang=en]').count(), 0);
      assert.equal(await page.getByRole('button', { name: 'Ghi vào sổ địa chính' }).count(), 0);

      await table.getByLabel('ONT, phần 1 (m²)').fill(String(first[0]).replace('.', ','));
      await page.getByRole('button', { name: 'Kiểm tra' }).click();
      await wrong.getByText('Thế chấp, cho thuê phân cho các thửa mới không khớp').waitFor();
      await table.getByLabel('Thế chấp, phần 2').check();

      // Another language, and everything stays as it is.
      const drawn = await page.getByRole('textbox', { name: 'Đường vẽ' }).inputValue();
      await page.getByRole('button', { name: 'English' }).click();
      const english = page.getByRole('region', { name: 'Assigned to the parts of Sheet 1 parcel 68' });
      assert.ok(await english.getByLabel('Mortgage, part 2').isChecked());
      assert.ok(!(await english.getByLabel('Mortgage, part 1').isChecked()));
      assert.equal(
        await page.getByRole('textbox', { name: 'Line' }).inputValue(),
        drawn.replaceAll(',', '.'),
      );
      assert.equal((await drawnLine(page)).length, 2);
      await page.getByRole('button', { name: 'Tiếng Việt' }).click();

      await page.getByRole('button', { name: 'Kiểm tra' }).click();
      await page.getByLabel('Tôi đã xem kết quả kiểm tra').check();
      const answered = page.waitForResponse((answer) => answer.url().endsWith('/api/v1/operations'));
      await page.getByRole('button', { name: 'Ghi vào sổ địa chính' }).click();
      const report: Report = await (await answered).json();
      const parts = await Promise.all(
        report.made.map(({ parcel_id }) => askAs<Parcel & Tenure>(all, `/api/v1/parcels/${parcel_id}`)),
      );
      const uses = parts.map(({ land_use }) => land_use.map(({ area_m2 }) => area_m2));
      assert.deepEqual(uses, [first, second]);
      const laid = parts.map(({ mortgages, restrictions }) => [mortgages.length, restrictions.length]);
      assert.deepEqual(laid, [
        [0, 1],
        [1, 0],
      ]);
    }));

  it('are listed, moved and removed: a part is sold to the neighbour and merged into the neighbour’s parcel', async () => {
    const [parcel, neighbour] = await Promise.all([parcelOf('1/87'), parcelOf('1/85')]);
    const [taker] = (await askAs<Holders>(all, `/api/v1/parcels/${neighbour.parcel_id}`)).rights;
    assert.ok(taker);
    await visit(browser, { path: near(parcel), viewport: BESIDE, prepare: tabOf(all) }, async (page) => {
      await page.getByRole('button', { name: 'Biến động ngoài hồ sơ' }).click();
      await take(page, '1/87');
      await page.getByRole('textbox', { name: 'Đường vẽ' }).fill('589655 1179800\n589655 1179850');
      const add = page.getByRole('button', { name: 'Thêm vào danh sách' });
      await add.click();
      const list = page.locator('.steplist li');
      await list.getByText('1. Tách thửa: Tờ 1 thửa 87').waitFor();
      const parts = page.getByRole('group', { name: 'Thửa mới trong danh sách' });
      const part = (number: number) => parts.getByRole('button', { name: `Thửa mới 1.${number}` });
      await part(2).click();

      // Merged at once it is refused: another holds it.
      await page.getByLabel('Hợp thửa').check();
      await take(page, '1/85');
      await page.getByRole('button', { name: 'Kiểm tra' }).click();
      await page.locator('.violations').getByText('Các thửa không cùng người sử dụng').waitFor();
      await page.getByRole('button', { name: 'Bỏ Tờ 1 thửa 85' }).click();

      await page.getByLabel('Chuyển quyền').check();
      await add.click();
      await page.getByText('Ghi bên chuyển, tên bên nhận').waitFor();
      await page.getByLabel('Loại', { exact: true }).selectOption(taker.party_kind);
      await page.getByLabel('Tên', { exact: true }).fill(taker.party_name);
      await page.getByLabel('Số định danh').fill(taker.personal_no);
      await page.getByLabel('Số', { exact: true }).fill('12/2026/HĐCN');
      await add.click();
      await list.getByText(`2. Chuyển nhượng → ${taker.party_name}: Thửa mới 1.2`).waitFor();

      await page.getByLabel('Hợp thửa').check();
      await part(2).click();
      await take(page, '1/85');
      await add.click();
      await list.getByText('3. Hợp thửa: Thửa mới 1.2, Tờ 1 thửa 85').waitFor();

      await page.getByLabel('Tách thành các phần bằng nhau').check();
      await part(1).click();
      await add.click();
      await list.getByText('4. Tách thửa: Thửa mới 1.1').waitFor();
      await settled(page);
      await screenshot(page, 'desk-operations');
      // What builds on another stays after it.
      assert.ok(await page.getByRole('button', { name: 'Đưa lên: 2. Chuyển nhượng' }).isDisabled());
      await page.getByRole('button', { name: 'Đưa lên: 4. Tách thửa' }).click();
      await list.getByText('4. Hợp thửa: Thửa mới 1.2, Tờ 1 thửa 85').waitFor();
      await page.getByRole('button', { name: 'Bỏ: 3. Tách thửa' }).click();
      await list.getByText('3. Hợp thửa: Thửa mới 1.2, Tờ 1 thửa 85').waitFor();
      assert.equal(await list.count(), 3);

      await page.getByRole('button', { name: 'Kiểm tra' }).click();
      await page.getByText('Đủ điều kiện thực hiện').waitFor();
      await page.getByLabel('Tôi đã xem kết quả kiểm tra').check();
      const answered = page.waitForResponse((answer) => answer.url().endsWith('/api/v1/operations'));
      await page.getByRole('button', { name: 'Ghi vào sổ địa chính' }).click();
      const report: Report = await (await answered).json();
      assert.deepEqual(report.retired.map((line) => line.parcel).sort(), ['1/85', '1/87']);
      const made = await Promise.all(
        report.made.map(({ parcel_id }) => askAs<Parcel & Holders>(all, `/api/v1/parcels/${parcel_id}`)),
      );
      // 595.4 m² are cut into 437.1 and 158.3 m², which join 340.8 m² of the neighbour.
      assert.deepEqual(
        made.map(({ computed_area_m2, rights }) => [computed_area_m2, rights[0]?.party_name]),
        [
          [437.1, 'Nguyễn Kim Tuyết'],
          [499.1, taker.party_name],
        ],
      );
    });
  });

  it('fit a phone, in English too', () =>
    visit(browser, { path: '/desk', viewport: PHONE, prepare: tabOf(all) }, async (page) => {
      await page.getByRole('button', { name: 'Biến động ngoài hồ sơ' }).click();
      await take(page, '1/94');
      await page.getByLabel('Tách thành các phần bằng nhau').check();
      await page.getByRole('button', { name: 'Thêm vào danh sách' }).click();
      await page.locator('.steplist').getByText('1. Tách thửa: Tờ 1 thửa 94').waitFor();
      await page.getByRole('button', { name: 'Kiểm tra' }).click();
      await page.getByRole('region', { name: 'Phân cho các phần của Tờ 1 thửa 94' }).waitFor();
      await page.getByRole('button', { name: 'English' }).click();
      await page.getByText('Nothing forbids it').waitFor();
      await page.locator('.steplist').getByText('1. Split: Sheet 1 parcel 94').waitFor();
      assert.equal(await overflow(page), 0);
      await page.locator('.assign').scrollIntoViewIfNeeded();
      await screenshot(page, 'desk-assigned-phone');
    }));
});

async function parcelOf(name: string): Promise<Parcel> {
  const { parcel_id } = await firstResult(name);
  return ask<Parcel>(`/api/v1/parcels/${parcel_id}`);
}

/** Commits operations on parcels as they are. */
async function commit(token: string, parcels: number[], operations: unknown[]): Promise<void> {
  const tag = async (id: number) => {
    const { revision, rights_revision } = await askAs<{ revision: number; rights_revision: number }>(
      token,
      `/api/v1/parcels/${id}`,
    );
    return `"${id}-${revision}-${rights_revision}"`;
  };
  const tags = (await Promise.all(parcels.map(tag))).join(', ');
  await askAs(token, '/api/v1/operations', 'POST', { operations }, { 'if-match': tags });
}

async function take(page: Page, name: string): Promise<void> {
  await page.getByLabel('Tờ/thửa').fill(name);
  await page.keyboard.press('Enter');
  const [sheet, number] = name.split('/');
  await page.locator('.picks').getByText(`Tờ ${sheet} thửa ${number}`).waitFor();
}

/** Types a line from west to east through the middle of a parcel. */
async function drawAcross(page: Page, { parcel_id }: Parcel): Promise<void> {
  const { bbox } = await ask<Parcel>(`/api/v1/parcels/${parcel_id}?crs=zone`);
  const [west = 0, south = 0, east = 0, north = 0] = bbox;
  const middle = ((south + north) / 2).toFixed(3);
  const line = `${west - 5} ${middle}\n${east + 5} ${middle}`;
  await page.getByRole('textbox', { name: 'Đường vẽ' }).fill(line);
}

function drawnLine(page: Page): Promise<GeoJSON.Position[]> {
  return page.evaluate(async () => {
    const source = window.diaba?.map.getSource<GeoJSONSource>('drawn');
    const drawn = (await source?.getData()) as GeoJSON.FeatureCollection<GeoJSON.LineString>;
    return drawn.features.find(({ geometry }) => geometry.type === 'LineString')?.geometry.coordinates ?? [];
  });
}

/** `1.234,5 m²` as a number. */
function numberOf(told: string): number {
  return Number(told.replace(/[^\d,]/g, '').replace(',', '.'));
}
