/** Provinces, communes and sheets in the style: calm lines, quieter the smaller the area, and names. */
import { AREA, INK } from '../src/colours.ts';
import { byZoom, FONT } from './expressions.ts';

const HALO = 'rgba(255, 254, 251, 0.95)';

type Stop = [zoom: number, value: number];

/** The outlines, smallest areas first, so that larger ones lie on them. */
export function areaOutlines() {
  return [
    outline('sheet-outline', 'sheets', 0.45, [13, 0.5], [17, 1]),
    outline('commune-outline', 'communes', 0.7, [7, 0.4], [12, 1.2], [16, 1.8]),
    outline('province-outline', 'provinces', 0.85, [4, 0.8], [10, 2.2]),
  ];
}

/** Dashed where nobody gave the line: then it only goes around the parcels. */
function outline(id: string, layer: string, opacity: number, ...widths: Stop[]) {
  return {
    id,
    type: 'line',
    source: 'parcels',
    'source-layer': layer,
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': AREA,
      'line-opacity': opacity,
      'line-width': byZoom(...widths),
      'line-dasharray': ['case', ['get', 'derived'], ['literal', [4, 2]], ['literal', [1, 0]]],
    },
  };
}

/** The names, the largest areas last: they are placed first. */
export function areaLabels() {
  return [
    label('sheet', sheetName(), AREA, [14, 13], [17, 19]),
    label('commune', name(), INK, [9, 11], [15, 17]),
    label('province', name(), INK, [4, 11], [9, 17]),
  ];
}

/** Names that grow from the first stop to the second and are gone there. */
function label(level: string, text: unknown, colour: string, first: Stop, last: Stop) {
  return {
    id: `${level}-label`,
    type: 'symbol',
    source: 'parcels',
    'source-layer': 'area_labels',
    filter: ['==', ['get', 'level'], level],
    minzoom: first[0],
    maxzoom: last[0],
    layout: { 'text-font': FONT, 'text-field': text, 'text-size': byZoom(first, last), 'text-max-width': 8 },
    paint: { 'text-color': colour, 'text-halo-color': HALO, 'text-halo-width': 2 },
  };
}

function name() {
  return ['coalesce', ['get', 'name'], ['get', 'code']];
}

/** `Tờ 4` from the code `99001/4`. */
function sheetName() {
  const word = ['case', ['==', ['global-state', 'locale'], 'vi-VN'], 'Tờ ', 'Sheet '];
  const code = ['get', 'code'];
  return ['concat', word, ['slice', code, ['+', ['index-of', '/', code], 1]]];
}
