import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { styleText } from '../../scripts/build-style.ts';

interface LandUse {
  code: string;
  name_vi: string;
  name_en: string;
  group: string;
  colour: string;
  colour_assumed: boolean;
  is_group: boolean;
  in_2024: boolean;
  in_older: boolean;
}

const legendText = readFileSync('../tiles/land-use.json', 'utf8');
const committed = readFileSync('../tiles/style.json', 'utf8');
const legend: LandUse[] = JSON.parse(legendText);

describe('the committed style', () => {
  it('is what the legend gives (else: npm run style)', () => {
    assert.equal(committed, styleText(legendText));
  });

  it('is valid by the style specification', () => {
    assert.deepEqual(validateStyleMin(JSON.parse(committed)), []);
  });

  it('asks for nothing foreign: no glyphs, no sprite, no other server', () => {
    const { glyphs, sprite } = JSON.parse(committed);
    assert.deepEqual({ glyphs, sprite }, { glyphs: undefined, sprite: undefined });
    assert.doesNotMatch(committed, /https?:/);
  });
});

describe('the legend', () => {
  it('names each code once, in both languages, with a colour', () => {
    assert.equal(new Set(legend.map(({ code }) => code)).size, legend.length);
    for (const row of legend) {
      assert.match(row.code, /^[A-Z]{3}$/);
      assert.match(row.colour, /^#[0-9a-f]{6}$/);
      assert.ok(row.name_vi && row.name_en, row.code);
      assert.ok(row.in_2024 || row.in_older, `${row.code} is in some list`);
    }
  });

  it('puts each code into a group that is a row itself', () => {
    const groups = new Set(legend.filter((row) => row.is_group).map(({ code }) => code));
    for (const { code, group } of legend) assert.ok(groups.has(group), `${code} in ${group}`);
  });

  it('has the colours of its source', () => {
    const colours = Object.fromEntries(legend.map(({ code, colour }) => [code, colour]));
    const { LUC, CLN, ONT, ODT, DGT, NTD, CAN } = colours;
    // Converted by hand from the decimal table of a vendor's legend: RGB 255,252,140 is #fffc8c, and so on.
    assert.deepEqual(
      { LUC, CLN, ONT, ODT, DGT, NTD, CAN },
      {
        LUC: '#fffc8c',
        CLN: '#ffd2a0',
        ONT: '#ffd0ff',
        ODT: '#ffa0ff',
        DGT: '#ffaa32',
        NTD: '#d2d2d2',
        CAN: '#ff5046',
      },
    );
  });
});
