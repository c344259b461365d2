/** A dossier from its intake form to its payment, on the desk's page, and what citizens object to its list. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Dossier, Exchange } from '../../src/dossier.ts';
import {
  askAs,
  BESIDE,
  firstResult,
  launch,
  officerToken,
  overflow,
  PHONE,
  SERVER,
  SKIP_EDITS,
  screenshot,
  tabOf,
  visit,
} from './browser.ts';

const CODE = 'H29.3-261120-0077';
const NOTICE = 'TB-77/2026';

describe('a dossier on the desk’s page', { skip: SKIP_EDITS }, () => {
  let browser: Browser;
  let all: string;
  before(async () => {
    browser = await launch();
    all = officerToken('Trần Thị Bình');
  });
  after(() => browser.close());

  /** The panel works before the map is there. */
  const opened = (page: Page) => page.waitForSelector('h2');
  const at = (path: string) => ({ path, prepare: tabOf(all), ready: opened });
  const dossier = () => askAs<Dossier>(all, `/api/v1/dossiers/${CODE}`);
  const read = (page: Page) => page.getByRole('button', { name: 'Xem ý kiến phản ánh' }).click();
  const exchange = () => askAs<Exchange>(all, `/api/v1/dossiers/${CODE}/tax-slips`);

  it('is taken in with procedure, applicant, parcels and papers, and its receipt is printed', async () => {
    const { parcel_id } = await firstResult('1/225');
    await visit(browser, { ...at('/desk'), viewport: PHONE, expected: /428|422|400/ }, async (page) => {
      await page.getByRole('button', { name: 'Tiếp nhận hồ sơ' }).click();
      await page.getByLabel('Tờ/thửa').fill('1/225');
      await page.keyboard.press('Enter');
      await page.locator('.picks').getByText('Tờ 1 thửa 225').waitFor();
      assert.equal(await page.getByLabel('Mã xã').inputValue(), '99001');

      // Done online, so that paper needs a reason.
      await page.getByLabel('Thủ tục').selectOption('1.011441');
      assert.ok(await page.getByLabel('Lý do nhận giấy').isVisible());
      await page.getByLabel('Thủ tục').selectOption('transfer');
      assert.equal(await page.getByLabel('Lý do nhận giấy').count(), 0);

      await page.getByLabel('Mã hồ sơ').fill(CODE);
      await page.getByLabel('Người nộp').fill('Nguyễn Văn Sơn');
      await page.getByLabel('Điện thoại').fill('0900001234');
      await page.getByLabel('Nội dung').fill('Chuyển nhượng toàn bộ thửa');
      await page.getByRole('button', { name: 'Thêm giấy tờ' }).click();
      await page.getByLabel('Loại giấy tờ 1').selectOption('HDCQ');
      const buffer = Buffer.from('%PDF-1.4 hợp đồng');
      await page
        .getByLabel('Tệp 1')
        .setInputFiles({ name: 'hop-dong.pdf', mimeType: 'application/pdf', buffer });
      // Another language keeps what is filled in.
      await page.getByRole('button', { name: 'English' }).click();
      assert.equal(await page.getByLabel('Applicant').inputValue(), 'Nguyễn Văn Sơn');
      await page.getByRole('button', { name: 'Tiếng Việt' }).click();
      assert.equal(await overflow(page), 0);
      await screenshot(page, 'desk-intake-phone');
      await page.getByRole('button', { name: 'Nộp hồ sơ' }).click();

      await page.locator('.case h2').getByText(CODE).waitFor();
      await page.getByRole('button', { name: 'hop-dong.pdf' }).waitFor();
      const { applicant, parcels, received_at, summary } = await dossier();
      assert.deepEqual(
        [applicant.name, applicant.phone, parcels, summary],
        ['Nguyễn Văn Sơn', '0900001234', [parcel_id], 'Chuyển nhượng toàn bộ thửa'],
      );
      assert.ok(received_at);
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Giấy tiếp nhận và hẹn trả' }).click();
      const receipt = readFileSync(await (await download).path());
      assert.equal(receipt.subarray(0, 5).toString(), '%PDF-');
    });
  });

  it('sends, corrects and cancels tax slips, and takes notices and payments in', async () => {
    await askAs(all, `/api/v1/dossiers/${CODE}/steps/assign`, 'POST', { officer: 'Trần Thị Bình' });
    await askAs(all, `/api/v1/dossiers/${CODE}/steps/check`, 'POST', {});
    await visit(browser, { ...at(`/desk?dossier=${CODE}`), viewport: BESIDE }, async (page) => {
      const open = (name: string) => page.locator('summary').getByText(name, { exact: true }).click();
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
      const states = async () => (await exchange()).slips.map(({ state }) => state).sort();
      await open('Chuyển thông tin cho cơ quan thuế');
      await page.getByLabel('Giá hợp đồng').fill('1.400.000.000');
      await press('Gửi cơ quan thuế');
      await page.getByText('Phiếu chuyển số 1', { exact: true }).waitFor();

      await open('Thuế đã nhận phiếu');
      await page.getByLabel('Số hồ sơ của cơ quan thuế').fill('T-7');
      await press('Ghi nhận');
      await page.locator('.badge').getByText('thuế đã nhận').waitFor();

      await open('Gửi phiếu thay phiếu đã gửi');
      await page.getByLabel('Lý do sửa').fill('Sai giá hợp đồng');
      await page.getByLabel('Giá hợp đồng').fill('1.500.000.000');
      await press('Gửi cơ quan thuế');
      await page.getByText('Phiếu chuyển số 2', { exact: true }).waitFor();
      assert.deepEqual(await states(), ['corrected', 'sent']);
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Phiếu chuyển số 2 (PDF)' }).click();
      assert.match((await download).suggestedFilename(), /phieu-chuyen-.*-2\.pdf/);

      await open('Hủy phiếu này');
      await page.getByLabel('Lý do hủy').fill('Bên mua đổi ý');
      await press('Hủy phiếu');
      await page.locator('.badge').getByText('đã hủy').waitFor();
      assert.deepEqual(await states(), ['cancelled', 'corrected']);

      await open('Chuyển thông tin cho cơ quan thuế');
      await press('Gửi cơ quan thuế');
      await page.getByText('Phiếu chuyển số 3', { exact: true }).waitFor();
      await open('Nhập thông báo của cơ quan thuế');
      await page.getByLabel('Số thông báo').fill(NOTICE);
      await page.getByLabel('Khoản').selectOption('registration-fee');
      await page.getByLabel('Số tiền (đồng)').fill('7.000.000');
      await press('Ghi thông báo');
      await page.locator('.badge').getByText('chưa nộp đủ').waitFor();
      await open('Nhập nộp tiền');
      await page.getByLabel('Số giấy nộp tiền').fill('GNT-1');
      await page.getByLabel('Số tiền nộp').fill('7.000.000');
      await press('Ghi nộp tiền');
      await page.locator('.badge').getByText('đã nộp đủ').waitFor();
      await page.getByText('Thông báo và nộp tiền').scrollIntoViewIfNeeded();
      await screenshot(page, 'desk-tax');
      const [notice] = (await exchange()).notices;
      assert.deepEqual(
        [notice?.notice_no, notice?.kind, notice?.amount_vnd, notice?.paid_vnd],
        [NOTICE, 'registration-fee', 7_000_000, 7_000_000],
      );
    });
  });

  it('hangs a list, shows what citizens object, and judges it', () =>
    visit(browser, { ...at(`/desk?dossier=${CODE}`), viewport: PHONE }, async (page) => {
      await page.getByText('Niêm yết danh sách').click();
      await page.getByLabel('Nội dung niêm yết').fill('Mất Giấy chứng nhận BT 000225');
      await page.getByRole('button', { name: 'Niêm yết', exact: true }).click();
      await read(page);
      await page.getByText('Ý kiến phản ánh: 0').waitFor();
      const { postings } = await askAs<{ postings: { posting: number; dossier: string }[] }>(
        all,
        '/api/v1/postings?commune=99001',
      );
      const hung = postings.find((each) => each.dossier === CODE);
      const objection = { content: 'Giấy này đang cầm cố ở chỗ tôi', name: 'Lê Văn Một' };
      const path = new URL(`/api/v1/postings/${hung?.posting}/objections`, SERVER);
      const headers = { 'content-type': 'application/json' };
      await fetch(path, { method: 'POST', headers, body: JSON.stringify(objection) });
      await page.reload();
      await read(page);
      await page.getByText('Ý kiến phản ánh: 1').waitFor();
      await page.getByText(objection.content).waitFor();
      await page.getByLabel('Tiếp thu', { exact: true }).check();
      await page.getByLabel('Trả lời').fill('Sẽ xác minh');
      await page.getByText(objection.content).scrollIntoViewIfNeeded();
      assert.equal(await overflow(page), 0);
      await screenshot(page, 'desk-postings-phone');
      await page.getByRole('button', { name: 'Lưu', exact: true }).click();
      await page.getByText('Đã xử lý').waitFor();
      await page.reload();
      await read(page);
      await page.getByText('Tiếp thu · Sẽ xác minh').waitFor();
    }));
});
