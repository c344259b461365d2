/**
 * Writes `tiles/style.json` from `tiles/land-use.json`, the one source of the land-use colours.
 * Run in `web/` by `npm run style`; a unit test proves that the committed style is up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { INK, PAPER, SELECTION, UNKNOWN } from '../src/colours.ts';
import { areaLabels, areaOutlines } from './areas.ts';
import { byZoom, FONT } from './expressions.ts';

interface LandUse {
  code: string;
  colour: string;
}

/** The map style (MapLibre style specification, version 8) of the parcels in these colours. */
export function buildStyle(landUses: LandUse[]) {
  return {
    version: 8,
    name: 'Địa Bạ',
    metadata: { generated: 'by web/scripts/build-style.ts from tiles/land-use.json; do not edit' },
    // The page sets it: words and decimal marks on the map follow the reader's language.
    state: { locale: { default: 'vi-VN' } },
    sources: {
      parcels: { type: 'vector', url: '/tiles/parcels.json' },
      selection: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
    },
    layers: [
      { id: 'paper', type: 'background', paint: { 'background-color': PAPER } },
      {
        id: 'aggregate-fill',
        type: 'fill',
        source: 'parcels',
        'source-layer': 'aggregates',
        // Lighter than parcels: here they are counted, not drawn.
        paint: { 'fill-color': landUseColour(landUses), 'fill-opacity': 0.7, 'fill-antialias': false },
      },
      ...areaOutlines(),
      ...parcelLayers(landUses),
      ...selectionLayers(),
      ...areaLabels(),
      parcelLabel(),
    ],
  };
}

function parcelLayers(landUses: LandUse[]) {
  const parcels = { source: 'parcels', 'source-layer': 'parcels' };
  return [
    {
      id: 'parcel-fill',
      type: 'fill',
      ...parcels,
      paint: { 'fill-color': landUseColour(landUses), 'fill-antialias': false },
    },
    {
      id: 'parcel-outline',
      type: 'line',
      ...parcels,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': INK,
        'line-width': byZoom([13, 0.15], [16, 0.5], [18, 0.9], [20, 1.4]),
        'line-opacity': byZoom([10, 0], [13, 0.35], [16, 0.7], [18, 0.9]),
      },
    },
  ];
}

function selectionLayers() {
  const line = (id: string, paint: object) => {
    return { id, type: 'line', source: 'selection', layout: { 'line-join': 'round' }, paint };
  };
  return [
    line('selection-casing', { 'line-color': '#ffffff', 'line-width': 7, 'line-opacity': 0.9 }),
    line('selection-line', { 'line-color': SELECTION, 'line-width': 3 }),
  ];
}

function parcelLabel() {
  return {
    id: 'parcel-label',
    type: 'symbol',
    source: 'parcels',
    'source-layer': 'labels',
    minzoom: 17,
    layout: {
      'text-font': FONT,
      'text-field': numberOverArea(),
      'text-size': byZoom([17, 11], [20, 16]),
      'text-line-height': 1.15,
      'text-padding': 3,
    },
    paint: { 'text-color': INK, 'text-halo-color': 'rgba(255, 255, 255, 0.85)', 'text-halo-width': 1.3 },
  };
}

function landUseColour(landUses: LandUse[]) {
  return ['match', ['get', 'land_use'], ...landUses.flatMap(({ code, colour }) => [code, colour]), UNKNOWN];
}

/** The parcel number over its area, as on a cadastral sheet. */
function numberOverArea() {
  const locale = ['global-state', 'locale'];
  const digits = { 'min-fraction-digits': 1, 'max-fraction-digits': 1 };
  const area = ['number-format', ['get', 'area_m2'], { locale, ...digits }];
  return ['format', ['to-string', ['get', 'number']], {}, '\n', {}, area, { 'font-scale': 0.82 }];
}

/** The text of `tiles/style.json`. */
export function styleText(landUseJson: string): string {
  return `${JSON.stringify(buildStyle(JSON.parse(landUseJson)), null, 1)}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync('../tiles/style.json', styleText(readFileSync('../tiles/land-use.json', 'utf8')));
}
