import { it } from 'node:test';
import type { Parcel } from '../../src/api.ts';
import { ask, launch, SKIP, settled, visit } from './browser.ts';

const CALLED_FOR = process.env.UPDATE_SCREENSHOT !== undefined;

/** A residential parcel of the demonstration commune among parcels of many uses, and where to look from. */
const SHOWN = '/api/v1/communes/99001/sheets/4/parcels/163';
const VIEW = '#18.1/10.66755/106.56545';

it('the picture for the documentation is taken', {
  skip: SKIP || (!CALLED_FOR && 'UPDATE_SCREENSHOT is not set'),
}, async () => {
  const browser = await launch();
  try {
    const { parcel_id } = await ask<Parcel>(SHOWN);
    await visit(browser, { path: `/?parcel=${parcel_id}${VIEW}` }, async (page) => {
      await page.waitForSelector('#facts.open');
      await settled(page);
      // The panel slides in for 0.2 s, labels fade in for 0.3 s.
      await page.waitForTimeout(1000);
      await page.screenshot({ path: '../docs/map.png' });
    });
  } finally {
    await browser.close();
  }
});
