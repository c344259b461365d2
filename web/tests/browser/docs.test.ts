import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { ask, launch, SKIP, screenshot, visit } from './browser.ts';

interface Description {
  paths: Record<string, Record<string, unknown>>;
}

describe('the documentation', { skip: SKIP }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  const api = { path: '/docs', ready: (page: Page) => page.waitForSelector('.opblock') };

  it('shows every operation that the server describes', () =>
    visit(browser, api, async (page) => {
      await screenshot(page, 'docs');
      const { paths } = await ask<Description>('/openapi.json');
      const described = Object.entries(paths).flatMap(([path, operations]) =>
        Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
      );
      const shown = await page.$$eval('.opblock', (blocks) =>
        blocks.map((block) => {
          const method = block.querySelector('.opblock-summary-method')?.textContent;
          return `${method} ${block.querySelector('[data-path]')?.getAttribute('data-path')}`;
        }),
      );
      assert.ok(described.length > 10);
      assert.deepEqual(shown.sort(), described.sort());
      assert.equal(await page.isVisible('#problems-part'), false);
    }));

  it('tries an operation on the server', () =>
    visit(browser, api, async (page) => {
      const operation = page.locator('#operations-operations-readyz');
      await operation.locator('.opblock-summary-control').click();
      await operation.locator('.try-out__btn').click();
      await operation.locator('.execute').click();
      const answer = operation.locator('.live-responses-table');
      await answer.waitFor();
      assert.match(await answer.innerText(), /"ready": true/);
    }));

  it('explains a problem where the problem’s type points to', () => {
    const type = '/docs/problems#no-such-page';
    const ready = (page: Page) => page.waitForSelector('#problems-part');
    return visit(browser, { path: type, expected: /404/, ready }, async (page) => {
      await screenshot(page, 'problems');
      const problem = await page.evaluate(async () => (await fetch('/nowhere')).json());
      assert.equal(problem.type, type);
      assert.equal(await page.innerText('div:target code'), problem.code);
      assert.equal(await page.isVisible('#api-part'), false);
    });
  });
});
