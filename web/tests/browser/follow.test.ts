/** Citizens follow, report, object and rate; heads look at everybody's work. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import {
  askAs,
  BESIDE,
  firstResult,
  launch,
  NARROW,
  officerToken,
  overflow,
  SKIP_EDITS,
  screenshot,
  visit,
} from './browser.ts';

/** A dossier that was refused, and one that was filed on paper long ago. */
const REFUSED = 'H29.3-261110-0011';
const LATE = 'H29.3-261110-0012';

interface Messages {
  messages: {
    kind: string;
    content: string;
    answer: string | null;
    score: number | null;
    parcel_id: number | null;
  }[];
}

describe('citizens and heads', { skip: SKIP_EDITS }, () => {
  let browser: Browser;
  let clerk: string;
  let parcelId: number;
  before(async () => {
    browser = await launch();
    clerk = officerToken('Trần Thị Bình', 'reception', 'officer');
    parcelId = (await firstResult('1/13')).parcel_id;
    const filed = {
      procedure: '1.012784',
      commune: '99001',
      channel: 1,
      applicant: { name: 'Nguyễn Văn Một', phone: '0900001234' },
      summary: 'Tách thửa cho con',
      parcels: [parcelId],
    };
    await askAs(clerk, `/api/v1/dossiers/${REFUSED}`, 'PUT', filed);
    await askAs(clerk, `/api/v1/dossiers/${REFUSED}/steps/refuse`, 'POST', { reason: 'Thiếu chữ ký' });
    const late = {
      ...filed,
      filed_at: '2026-01-05T08:00:00+07:00',
      received_at: '2026-01-05T08:00:00+07:00',
    };
    await askAs(clerk, `/api/v1/dossiers/${LATE}`, 'PUT', { ...late, parcels: [] });
    await askAs(clerk, `/api/v1/dossiers/${LATE}/postings`, 'POST', { content: 'Danh sách công khai' });
  });
  after(() => browser.close());

  const ready = (page: Page) => page.waitForSelector('h2');

  it('follow a dossier by its code, see more by four digits, and rate it once', () =>
    visit(browser, { path: '/follow', viewport: NARROW, ready, expected: /404|403|409/ }, async (page) => {
      const follow = page.locator('section', { hasText: 'Mã hồ sơ' }).first();
      await follow.getByLabel('Mã hồ sơ').fill('H29.3-261110-0099');
      await follow.getByRole('button', { name: 'Xem' }).click();
      await follow.locator('.problem').getByText('Không có hồ sơ').waitFor();

      await follow.getByLabel('Mã hồ sơ').fill(REFUSED.toLowerCase());
      await page.keyboard.press('Enter');
      await follow.locator('.stand').getByText('Không được tiếp nhận').first().waitFor();
      assert.equal(await follow.getByText('Tách thửa cho con').count(), 0, 'the public learns no content');

      await follow.getByLabel('Bốn số cuối').first().fill('1234');
      await follow.getByRole('button', { name: 'Xem' }).click();
      await follow.getByText('Tách thửa cho con').waitFor();
      await follow.getByRole('link', { name: 'Tờ 1 thửa 13' }).waitFor();
      assert.ok(!page.url().includes('1234'), 'the digits stand in no address');
      await screenshot(page, 'follow');
      assert.equal(await overflow(page), 0);

      await follow.getByRole('group', { name: 'Nói chung' }).getByLabel('Không hài lòng').check();
      await follow.getByRole('button', { name: 'Gửi đánh giá' }).click();
      await follow.locator('.done').getByText('Đã nhận').waitFor();
      await follow.getByRole('button', { name: 'Gửi đánh giá' }).click();
      await follow.locator('.problem').waitFor();
      const { messages } = await askAs<Messages>(clerk, '/api/v1/messages');
      assert.deepEqual(
        messages.filter(({ kind }) => kind === 'rating').map(({ score }) => score),
        [1],
      );
    }));

  it('report an error on the parcel that a link names, and object to a list', () =>
    visit(browser, { path: `/follow?parcel=${parcelId}`, viewport: BESIDE, ready }, async (page) => {
      await page.getByText('Thửa 13, tờ 1').waitFor();
      await page.getByLabel('Sai sót').fill('Sai tên đường');
      await page.getByRole('button', { name: 'Gửi' }).click();
      await page.locator('.done').getByText('Đã nhận').waitFor();

      await page.getByLabel('Mã xã').fill('99001');
      await page.keyboard.press('Enter');
      await page.getByLabel('Danh sách công khai').check();
      await page.getByLabel('Lý do không đồng ý').fill('Diện tích chưa đúng');
      await page.getByRole('button', { name: 'Gửi ý kiến' }).click();
      await page.locator('.done').nth(1).waitFor();
      const { messages } = await askAs<Messages>(clerk, '/api/v1/messages');
      const said = messages.map(({ content, parcel_id }) => [content, parcel_id]);
      assert.ok(said.some(([content, id]) => content === 'Sai tên đường' && id === parcelId));
      assert.ok(said.some(([content]) => content === 'Diện tích chưa đúng'));
    }));

  it('are heard by an officer, who judges what they said', () => {
    const prepare = (page: Page) =>
      page.addInitScript((kept) => sessionStorage.setItem('diaba.token', kept), clerk);
    return visit(browser, { path: '/desk', viewport: NARROW, ready, prepare }, async (page) => {
      await page.getByRole('button', { name: 'Ý kiến công dân' }).click();
      const said = page.locator('.messages li', { hasText: 'Sai tên đường' });
      await said.getByText('Báo sai sót').waitFor();
      await said.getByLabel('Tiếp thu', { exact: true }).check();
      await said.getByLabel('Trả lời').fill('Đã sửa');
      await said.getByRole('button', { name: 'Lưu' }).click();
      await page.getByText('Đã xử lý').waitFor();
      const { messages } = await askAs<Messages>(clerk, '/api/v1/messages?state=accepted');
      assert.deepEqual(
        messages.map(({ content, answer }) => [content, answer]),
        [['Sai tên đường', 'Đã sửa']],
      );
    });
  });

  it('are counted for heads by branch and officer, late ones by name', () => {
    const head = officerToken('Lê Văn Chi', 'approver');
    const prepare = (page: Page) =>
      page.addInitScript((kept) => sessionStorage.setItem('diaba.token', kept), head);
    return visit(browser, { path: '/overview', viewport: NARROW, ready, prepare }, async (page) => {
      await page.locator('.totals').waitFor();
      const { totals } = await askAs<{ totals: { late: number } }>(head, '/api/v1/desk/overview');
      const late = page.locator('.totals li', { hasText: 'Trễ hạn' }).locator('b');
      assert.equal(await late.innerText(), String(totals.late));
      assert.equal(
        await page.getByRole('link', { name: LATE }).getAttribute('href'),
        `/desk?dossier=${LATE}`,
      );
      await screenshot(page, 'overview');
      assert.equal(await overflow(page), 0);
    });
  });
});
