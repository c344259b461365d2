/** The land office's desk, driven as officers drive it. The parcels are at the edge of the commune, where no other test looks. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { GeoJSONSource } from 'maplibre-gl';
import type { Browser, Page } from 'playwright-core';
import type { Parcel } from '../../src/api.ts';
import type { Dossier, Plan } from '../../src/dossier.ts';
import {
  ask,
  askAs,
  BESIDE,
  firstResult,
  launch,
  NARROW,
  officerToken,
  overflow,
  SKIP_EDITS,
  screenshot,
  settled,
  tabOf,
  visit,
} from './browser.ts';

const CODE = 'H29.3-261110-0001';

describe('the desk', { skip: SKIP_EDITS }, () => {
  let browser: Browser;
  let clerk: string;
  let head: string;
  let planned: Parcel;
  before(async () => {
    browser = await launch();
    clerk = officerToken('Trần Thị Bình', 'reception', 'officer', 'surveyor');
    head = officerToken('Lê Văn Chi', 'approver');
    planned = await parcelOf('1/14');
    const filed = {
      procedure: '1.012784',
      commune: planned.commune.code,
      channel: 1,
      applicant: { name: 'Nguyễn Văn Một', phone: '0900001234' },
      summary: 'Tách thửa',
      parcels: [planned.parcel_id],
      received_at: new Date().toISOString(),
    };
    await askAs(clerk, `/api/v1/dossiers/${CODE}`, 'PUT', filed);
    await askAs(clerk, `/api/v1/dossiers/${CODE}/steps/assign`, 'POST', { officer: 'Trần Thị Bình' });
  });
  after(() => browser.close());

  /** The panel works before the map is there. */
  const opened = (page: Page) => page.waitForSelector('h2');

  /** A page whose map begins at the parcels of the tests: little has to be drawn. */
  const near = (path: string) => {
    const [lon, lat] = planned.label_point;
    return `${path}#18/${lat}/${lon}`;
  };

  it('lets nobody in without a token, and keeps it for the tab only', () =>
    visit(browser, { path: '/desk', viewport: NARROW, expected: /401/, ready: opened }, async (page) => {
      await signIn(page, 'wrong');
      await page.locator('.problem').getByText('Mã truy cập không đúng').waitFor();
      await signIn(page, clerk);
      await page.locator('.dossiers').getByText(CODE).waitFor();
      assert.ok(!page.url().includes(clerk));
      assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);
      await page.reload();
      await page.locator('.dossiers').getByText(CODE).waitFor();
      await screenshot(page, 'desk-list');
      assert.equal(await overflow(page), 0);
      await page.getByRole('button', { name: 'Đăng xuất' }).click();
      await page.waitForSelector('#sign-in');
      assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    }));

  it('shows a dossier, plans a split for it from typed points, and takes the next step', () =>
    visit(browser, { path: near('/desk'), viewport: BESIDE, prepare: tabOf(clerk) }, async (page) => {
      await page.locator('.dossiers').getByText(CODE).click();
      await page.locator('.case h2').getByText(CODE).waitFor();
      assert.equal(new URL(page.url()).searchParams.get('dossier'), CODE);
      await page.getByRole('button', { name: 'Lập phương án' }).click();
      await page.locator('.picks').getByText(`Tờ 1 thửa ${planned.parcel_no}`).waitFor();
      const [west = 0, south = 0, east = 0, north = 0] = (await inZone(planned)).bbox;
      const middle = ((west + east) / 2).toFixed(3);

      await page
        .getByRole('textbox', { name: 'Đường vẽ' })
        .fill(`${middle} ${south - 5}\n${middle} ${(south + north) / 2}`);
      await page.getByRole('button', { name: 'Kiểm tra' }).click();
      const wrong = page.locator('.violations [data-code="line-ends-inside"]');
      await wrong.getByText('Đường vẽ bắt đầu hoặc kết thúc trong thửa').waitFor();
      const place = wrong.getByRole('button', { name: middle.replace(/^(\d{3})(\d{3})\./, '$1.$2,') });
      assert.ok(await place.isVisible(), 'the violation says where');
      assert.equal(await page.getByRole('button', { name: 'Lưu phương án vào hồ sơ' }).count(), 0);

      const comma = middle.replace('.', ',');
      await page
        .getByRole('textbox', { name: 'Đường vẽ' })
        .fill(`${comma} ${south - 5}\n${comma} ${north + 5}`);
      await page.getByRole('button', { name: 'Kiểm tra' }).click();
      await page.getByRole('button', { name: 'Lưu phương án vào hồ sơ' }).waitFor();
      await settled(page);
      await screenshot(page, 'desk-plan');
      const drawn = await sketched(page);
      await page.getByRole('button', { name: 'Lưu phương án vào hồ sơ' }).click();
      await page.getByText('Chưa phê duyệt').waitFor();
      const { report } = await askAs<Plan>(clerk, `/api/v1/dossiers/${CODE}/plan`);
      assert.deepEqual(
        drawn.map(({ name }) => name.split('\n')[0]),
        report.made.map(({ parcel }) => parcel),
      );

      // The plan is gone on with, not made anew.
      await page.getByRole('button', { name: 'Lập phương án' }).click();
      await page.locator('.steplist').getByText(`1. Tách thửa: Tờ 1 thửa ${planned.parcel_no}`).waitFor();
      await page.getByRole('button', { name: 'Danh sách hồ sơ' }).click();
      await page.getByText('Chưa phê duyệt').waitFor();

      const file = {
        name: 'ban-ve.pdf',
        mimeType: 'application/pdf',
        buffer: Buffer.from('%PDF-1.4 bản vẽ'),
      };
      await page.getByText('Đính kèm giấy tờ').click();
      await page.getByLabel('Tệp').setInputFiles(file);
      await page.getByRole('button', { name: 'Đính kèm' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: file.name }).click();
      const saved = await download;
      assert.equal(saved.suggestedFilename(), file.name);
      assert.deepEqual(readFileSync(await saved.path()), file.buffer);

      await page.getByLabel('Thẩm tra xong, đủ điều kiện').check();
      await page.getByRole('button', { name: 'Thực hiện' }).click();
      await page.locator('.marks').getByText('Đã thẩm tra').waitFor();
      await screenshot(page, 'desk-dossier');
      const { step } = await askAs<Dossier>(clerk, `/api/v1/dossiers/${CODE}`);
      assert.equal(step.code, 'checked');
    }));

  it('lets another officer approve the plan, whose parcels then are on the map where they were sketched', () =>
    visit(
      browser,
      { path: near(`/desk?dossier=${CODE}`), viewport: BESIDE, prepare: tabOf(head) },
      async (page) => {
        await page.getByText('Chưa phê duyệt').waitFor();
        await page.waitForFunction(() => window.diaba?.map.getSource('sketch') !== undefined);
        await settled(page);
        const drawn = await sketched(page);
        await page.getByLabel('Phê duyệt').check();
        await page.getByRole('button', { name: 'Thực hiện' }).click();
        await page.getByText('Đã phê duyệt: Lê Văn Chi').waitFor();
        for (const { name, ring } of drawn) {
          const [label = ''] = name.split('\n');
          await shown(page, Number(label.split('/')[1]));
          const made = await parcelOf(label);
          const corners = made.geometry.coordinates[0] ?? [];
          for (const [lon = 0, lat = 0] of ring) {
            const nearest = Math.min(...corners.map(([x = 0, y = 0]) => Math.hypot(x - lon, y - lat)));
            // Answers are within 0.35 mm, and what is fitted to them within a millimetre.
            assert.ok(nearest < 2e-8, `a corner of ${label} is sketched ${nearest}° off`);
          }
        }
      },
    ));

  it('splits a parcel along a line drawn on the map and commits it, once', () => {
    const all = officerToken('Một Mình');
    return visit(
      browser,
      { path: near('/desk'), viewport: BESIDE, expected: /ERR_FAILED/, prepare: tabOf(all) },
      async (page) => {
        const parcel = await parcelOf('1/9');
        await page.getByRole('button', { name: 'Biến động ngoài hồ sơ' }).click();
        await page.getByLabel('Tờ/thửa').fill('1/9');
        await page.keyboard.press('Enter');
        await page.locator('.picks').getByText('Tờ 1 thửa 9').waitFor();
        await settled(page);
        const [west, south, east, north] = parcel.bbox;
        for (const lat of [south - 2e-5, north + 2e-5]) await press(page, [(west + east) / 2, lat]);
        await page.getByRole('button', { name: 'Kiểm tra' }).click();
        await page.getByLabel('Tôi đã xem kết quả kiểm tra').check();
        const keys: (string | undefined)[] = [];
        await page.route('**/api/v1/operations', async (route) => {
          keys.push(route.request().headers()['idempotency-key']);
          // The first answer is lost on its way.
          if (keys.length > 1) await route.continue();
          else await route.fetch().then(() => route.abort());
        });
        await page.getByRole('button', { name: 'Ghi vào sổ địa chính' }).click();
        await page.locator('.problem').getByText('Không kết nối được máy chủ').waitFor();
        await page.getByRole('button', { name: 'Ghi vào sổ địa chính' }).click();
        await page.getByText('Đã ghi vào sổ, biến động số').waitFor();
        assert.equal(keys.length, 2);
        assert.ok(keys[0] && keys[0] === keys[1], 'both tries have one key');
        const names = await page.locator('.report tbody b').allInnerTexts();
        const made = names.filter((name) => Number(name.split('/')[1]) > 300);
        assert.equal(made.length, 2);
        for (const name of made) await shown(page, Number(name.split('/')[1]));
        await screenshot(page, 'desk-committed');
        const { status } = await fetch(new URL(`/api/v1/parcels/${parcel.parcel_id}`, page.url()));
        assert.equal(status, 404, 'the parcel that was split is no longer current');
      },
    );
  });

  it('tells in Vietnamese why a merger is refused', () =>
    visit(browser, { path: near('/desk'), viewport: NARROW, prepare: tabOf(clerk) }, async (page) => {
      await page.getByRole('button', { name: 'Biến động ngoài hồ sơ' }).click();
      await page.getByLabel('Hợp thửa').check();
      for (const name of ['1/1', '1/3']) {
        await page.getByLabel('Tờ/thửa').fill(name);
        await page.keyboard.press('Enter');
        await page
          .locator('.picks')
          .getByText(`thửa ${name.slice(2)}`, { exact: false })
          .waitFor();
      }
      await page.getByRole('button', { name: 'Kiểm tra' }).click();
      await page.locator('.violations').getByText('Các thửa không liền nhau').waitFor();
      await page.getByText('Không được thực hiện').waitFor();
      await screenshot(page, 'desk-refused');
      assert.equal(await overflow(page), 0);
    }));
});

async function parcelOf(name: string): Promise<Parcel> {
  const { parcel_id } = await firstResult(name);
  return ask<Parcel>(`/api/v1/parcels/${parcel_id}`);
}

function inZone({ parcel_id }: Parcel): Promise<Parcel> {
  return ask<Parcel>(`/api/v1/parcels/${parcel_id}?crs=zone`);
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Mã truy cập của cán bộ').fill(token);
  await page.keyboard.press('Enter');
}

/** The parcels that are sketched on the map: name and outer ring. */
async function sketched(page: Page): Promise<{ name: string; ring: number[][] }[]> {
  const drawn = await page.evaluate(async () => {
    const source = window.diaba?.map.getSource<GeoJSONSource>('sketch');
    return (await source?.getData()) as GeoJSON.FeatureCollection<GeoJSON.Polygon>;
  });
  assert.equal(drawn.features.length, 2, 'both parts are sketched');
  return drawn.features.map(({ properties, geometry }) => ({
    name: String(properties?.name),
    ring: geometry.coordinates[0] ?? [],
  }));
}

/** Waits until the tiles show a parcel with this number. */
async function shown(page: Page, number: number): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      window.diaba?.map
        .queryRenderedFeatures({ layers: ['parcel-fill'] })
        .some(({ properties }) => properties.number === wanted),
    number,
  );
}

async function press(page: Page, at: [number, number]): Promise<void> {
  const box = (await page.locator('#map').boundingBox()) ?? assert.fail('no map');
  const point = await page.evaluate((place) => window.diaba?.map.project(place), at);
  await page.mouse.click(box.x + (point?.x ?? 0), box.y + (point?.y ?? 0));
}
