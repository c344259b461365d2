/** The land-use legend, from the file that the map style is generated from. */
import legend from '../../tiles/land-use.json';
import { UNKNOWN } from './colours.ts';
import { named } from './i18n.ts';

export type LandUse = (typeof legend)[number];

export const LAND_USES: readonly LandUse[] = legend;

const BY_CODE = new Map(LAND_USES.map((landUse) => [landUse.code, landUse]));

export function colourOf(code: string): string {
  return BY_CODE.get(code)?.colour ?? UNKNOWN;
}

export function isKnown(code: string): boolean {
  return BY_CODE.has(code);
}

export const nameOf = named;
