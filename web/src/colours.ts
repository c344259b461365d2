/** The colours that belong to no land use; those of land uses are in `tiles/land-use.json`. */

export const PAPER = '#eeece6';
export const INK = '#2b2a26';
/** Lines around provinces, communes and sheets. */
export const AREA = '#4b4272';
export const SELECTION = '#c4161c';

/** A land-use code that the legend doesn't know. */
export const UNKNOWN = '#b8b8b8';
