/** The map: parcels of the tileset, the exact outline of the selected one, and where the reader points. */
import {
  Map as MapLibreMap,
  ScaleControl,
  type StyleSpecification,
  setWorkerUrl,
  type VectorSourceSpecification,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { GeoJSONSource } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import style from '../../tiles/style.json';
import { type Box, type LonLat, type Parcel, type TileJson, tileset } from './api.ts';
import { byId } from './dom.ts';
import { locale } from './format.ts';
import { language, onLanguage, text } from './i18n.ts';
import { sayFault } from './message.ts';

setWorkerUrl(workerUrl);

/** Where to look while the register holds no parcel. */
const VIET_NAM: Box = [102.1, 8.3, 109.6, 23.4];

/** Tiles of another day than today begin here. */
export const AS_OF_ZOOM = 14;

const DEEPEST_ZOOM = 22;
const PARCEL_ZOOM = 19;
const WHOLE_ZOOM = 18;
const MARGIN_PX = 24;

/** Creates the map of a day, or of today, in `#map`; its position goes into the fragment of the page's address. */
export function createMap(tileset: TileJson, day: string | null): MapLibreMap {
  const map = new MapLibreMap({
    container: 'map',
    style: styleOf(tileset, day),
    bounds: tileset.bounds ?? VIET_NAM,
    fitBoundsOptions: { padding: covered(byId('map')), maxZoom: WHOLE_ZOOM },
    maxZoom: DEEPEST_ZOOM,
    hash: true,
    // A tile kept out of view would miss its changes; the browser keeps it too, and asks whether it is still the same.
    maxTileCacheSize: 0,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    rollEnabled: false,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 120 }), 'bottom-left');
  onLanguage(() => map.getCanvas().setAttribute('aria-label', text('mapLabel')));
  map.once('load', () => onLanguage(() => map.setGlobalStateProperty('locale', locale(language()))));
  wireButtons(map);
  return map;
}

/** Shows the map of another day, or of today. */
export function showDay(map: MapLibreMap, tileset: TileJson, day: string | null): void {
  const shown = map.getStyle();
  map.setStyle({ ...shown, sources: { ...shown.sources, parcels: sourceOf(tileset, day) } });
}

/** Calls back with the exact point of every click, and of Enter on the focused map for its centre. */
export function onPick(map: MapLibreMap, pick: (at: LonLat) => void): void {
  map.on('click', ({ lngLat }) => pick(lngLat.wrap().toArray()));
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key === 'Enter') pick(map.getCenter().wrap().toArray());
  });
}

/** Draws the exact outlines of these parcels above the tiles. */
export function outline(map: MapLibreMap, parcels: Pick<Parcel, 'geometry'>[]): void {
  const features = parcels.map(({ geometry }) => ({ type: 'Feature' as const, properties: {}, geometry }));
  map.getSource<GeoJSONSource>('selection')?.setData({ type: 'FeatureCollection', features });
}

/** Moves the map until a box fills the part of it that no panel covers. */
export function show(map: MapLibreMap, [west, south, east, north]: Box, maxZoom = PARCEL_ZOOM): void {
  map.fitBounds([west, south, east, north], { padding: covered(map.getContainer()), maxZoom });
}

/** Moves the map only if a panel or the edge hides the point. */
export function reveal(map: MapLibreMap, point: LonLat): void {
  const { clientWidth, clientHeight } = map.getContainer();
  const { top, right, bottom, left } = covered(map.getContainer());
  const { x, y } = map.project(point);
  if (x > left && x < clientWidth - right && y > top && y < clientHeight - bottom) return;
  map.easeTo({ center: point, offset: [(left - right) / 2, (top - bottom) / 2] });
}

/** How much of each side of the map panels cover, in pixels, with a margin. */
function covered({ clientWidth, clientHeight }: HTMLElement) {
  const padding = { top: MARGIN_PX, right: MARGIN_PX, bottom: MARGIN_PX, left: MARGIN_PX };
  // The desk's map has neither.
  const facts = document.getElementById('facts');
  const legend = document.getElementById('legend');
  if (facts?.classList.contains('open')) {
    if (facts.offsetWidth < clientWidth) padding.right += facts.offsetWidth;
    else padding.bottom += Math.min(facts.offsetHeight, clientHeight * 0.6);
  }
  if (legend && legend.offsetWidth < clientWidth / 3) padding.left += legend.offsetWidth;
  return padding;
}

/** The committed style, its tileset already read, its decimal mark the reader's. */
function styleOf(tileset: TileJson, day: string | null): StyleSpecification {
  const state = { locale: { default: locale(language()) } };
  const sources = { ...style.sources, parcels: sourceOf(tileset, day) };
  return { ...style, state, sources } as StyleSpecification;
}

/** The tiles of a day. Not bounded: parcels may be added anywhere while the page is open. */
function sourceOf({ tiles, minzoom, maxzoom }: TileJson, day: string | null): VectorSourceSpecification {
  if (day === null) return { type: 'vector', tiles, minzoom, maxzoom };
  const asOf = tiles.map((tile) => `${tile}?at=${day}`);
  return { type: 'vector', tiles: asOf, minzoom: Math.max(minzoom, AS_OF_ZOOM), maxzoom };
}

function wireButtons(map: MapLibreMap): void {
  byId('zoom-in').addEventListener('click', () => map.zoomIn());
  byId('zoom-out').addEventListener('click', () => map.zoomOut());
  byId('whole').addEventListener('click', () => void showWhole(map).catch(sayFault));
}

/** Moves the map until all parcels are in view: those that the register holds by now. */
async function showWhole(map: MapLibreMap): Promise<void> {
  const { bounds } = await tileset(new AbortController().signal);
  map.fitBounds(bounds ?? VIET_NAM, { padding: MARGIN_PX, maxZoom: WHOLE_ZOOM });
}
