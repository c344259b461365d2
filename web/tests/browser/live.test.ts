import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import {
  coloursAt,
  edit,
  launch,
  SERVER,
  SKIP,
  SKIP_EDITS,
  settled,
  shownFacts,
  someParcel,
  visit,
} from './browser.ts';
import { askedTiles, ownStream, tell } from './stream.ts';

/** Of the legend: aquaculture and rural residential land. */
const NTS = '#aaffff';
const ONT = '#ffd0ff';

describe('an open map', { skip: SKIP }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it('shows at once what is edited elsewhere, in colours and in facts', { skip: SKIP_EDITS }, () =>
    visit(browser, {}, async (page) => {
      const { parcel_id, label_point, revision, land_use } = await someParcel(page);
      const [code, other, colour] = land_use[0]?.code === 'NTS' ? ['NTS', 'ONT', ONT] : ['ONT', 'NTS', NTS];
      // So far away that no label lies over the colour.
      const [lon, lat] = label_point;
      await page.goto(`${SERVER}/?parcel=${parcel_id}#16.5/${lat}/${lon}`);
      await page.waitForSelector('#facts.open');
      await settled(page);
      edit(`update parcel_edit set land_use = '${other}' where parcel_id = ${parcel_id}`);
      await page.waitForFunction(
        (shown) => document.querySelector('#facts section b')?.textContent === shown,
        other,
      );
      assert.equal((await shownFacts(page))['Phiên bản'], String(revision + 1));
      assert.equal(await page.innerText('#message'), 'Thửa này vừa thay đổi');
      await settled(page);
      assert.deepEqual(await coloursAt(page, [label_point]), [colour]);
      edit(`update parcel_edit set land_use = '${code}' where parcel_id = ${parcel_id}`);
    }),
  );

  it('asks again for the tiles that a change touches, and for no others', () =>
    visit(browser, { prepare: ownStream }, async (page) => {
      const asked = askedTiles(page);
      await page.reload();
      await page.waitForFunction(() => window.diaba !== undefined);
      await settled(page);
      assert.ok(asked.length > 3, 'several tiles are in view');
      const [touched = ''] = asked.splice(0);
      const [lon, lat] = middleOf(touched);
      await tell(page, 'change', { boxes: [[lon, lat, lon + 1e-6, lat + 1e-6]], parcels: [] });
      await settled(page);
      assert.deepEqual(asked, [touched]);
    }));

  it('asks again for all tiles after something was missed', () =>
    visit(browser, { prepare: ownStream }, async (page) => {
      const asked = askedTiles(page);
      await page.reload();
      await page.waitForFunction(() => window.diaba !== undefined);
      await settled(page);
      const all = asked.splice(0);
      await tell(page, 'reset', { position: 9 });
      await settled(page);
      assert.deepEqual(asked.sort(), all.sort());
    }));

  it('closes the facts of a parcel that is no longer current', () => {
    return visit(browser, { prepare: ownStream, expected: /404/ }, async (page) => {
      const { parcel_id } = await someParcel(page);
      await page.goto(`${SERVER}/?parcel=${parcel_id}`);
      await page.waitForSelector('#facts.open');
      await page.route(`**/api/v1/parcels/${parcel_id}`, (route) => route.fulfill({ status: 404, json: {} }));
      await tell(page, 'change', { boxes: [], parcels: [parcel_id + 1] });
      await tell(page, 'change', { boxes: [], parcels: [parcel_id] });
      await page.waitForSelector('#facts:not(.open)', { state: 'attached' });
      assert.equal(await page.innerText('#message'), 'Thửa này không còn hiện hành');
      assert.equal(new URL(page.url()).searchParams.get('parcel'), null);
    });
  });

  it('says when changes no longer come in, and takes them up again', () =>
    visit(browser, { expected: /Failed to load resource/ }, async (page) => {
      const mark = page.locator('#live');
      await mark.getByText('Cập nhật trực tiếp').waitFor();
      await page.route('**/events*', (route) => route.abort());
      await page.reload();
      await mark.getByText('Mất kết nối, bản đồ có thể đã cũ').waitFor();
      await page.unroute('**/events*');
      await mark.getByText('Cập nhật trực tiếp').waitFor();
    }));
});

/** Longitude and latitude of the middle of a tile `z/x/y`. */
function middleOf(tile: string): [number, number] {
  const [z = 0, x = 0, y = 0] = tile.split('/').map(Number);
  const north = Math.PI * (1 - (2 * (y + 0.5)) / 2 ** z);
  return [((x + 0.5) / 2 ** z) * 360 - 180, (Math.atan(Math.sinh(north)) * 180) / Math.PI];
}
