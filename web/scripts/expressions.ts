/** What the parts of the style share. */

export const FONT = ['Inter Variable'];

/** A value that grows from stop to stop. */
export function byZoom(...stops: [zoom: number, value: number][]) {
  return ['interpolate', ['linear'], ['zoom'], ...stops.flat()];
}
