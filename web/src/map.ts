/** The map: parcels of the tileset, the exact outline of the selected one, and where the reader points. */
import { Map as MapLibreMap, ScaleControl, type StyleSpecification, setWorkerUrl } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { GeoJSONSource } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import style from '../../tiles/style.json';
import type { Box, LonLat, Parcel, TileJson } from './api.ts';
import { byId } from './dom.ts';
import { locale } from './format.ts';
import { language, onLanguage, text } from './i18n.ts';

setWorkerUrl(workerUrl);

/** Where to look while the register holds no parcel. */
const VIET_NAM: Box = [102.1, 8.3, 109.6, 23.4];

const DEEPEST_ZOOM = 21;
const PARCEL_ZOOM = 19;
const WHOLE_ZOOM = 18;
const MARGIN_PX = 24;

/** Creates the map in `#map`; its position goes into the fragment of the page's address. */
export function createMap(tileset: TileJson): MapLibreMap {
  const map = new MapLibreMap({
    container: 'map',
    style: styleOf(tileset),
    bounds: tileset.bounds ?? VIET_NAM,
    fitBoundsOptions: { padding: covered(byId('map')), maxZoom: WHOLE_ZOOM },
    maxZoom: DEEPEST_ZOOM,
    hash: true,
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
  wireButtons(map, tileset);
  wireHint(map, tileset.minzoom);
  return map;
}

/** Calls back with the exact point of every click, and of Enter on the focused map for its centre. */
export function onPick(map: MapLibreMap, pick: (at: LonLat) => void): void {
  map.on('click', ({ lngLat }) => pick(lngLat.wrap().toArray()));
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key === 'Enter') pick(map.getCenter().wrap().toArray());
  });
}

/** Draws the exact outlines of these parcels above the tiles. */
export function outline(map: MapLibreMap, parcels: Parcel[]): void {
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
  const facts = byId('facts');
  const legend = byId('legend');
  if (facts.classList.contains('open')) {
    if (facts.offsetWidth < clientWidth) padding.right += facts.offsetWidth;
    else padding.bottom += Math.min(facts.offsetHeight, clientHeight * 0.6);
  }
  if (legend.offsetWidth < clientWidth / 3) padding.left += legend.offsetWidth;
  return padding;
}

/** The committed style, its tileset already read, its decimal mark the reader's. */
function styleOf({ tiles, minzoom, maxzoom, bounds }: TileJson): StyleSpecification {
  const parcels = { type: 'vector', tiles, minzoom, maxzoom, ...(bounds && { bounds }) };
  const state = { locale: { default: locale(language()) } };
  return { ...style, state, sources: { ...style.sources, parcels } } as StyleSpecification;
}

function wireButtons(map: MapLibreMap, { bounds }: TileJson): void {
  byId('zoom-in').addEventListener('click', () => map.zoomIn());
  byId('zoom-out').addEventListener('click', () => map.zoomOut());
  byId('whole').addEventListener('click', () =>
    map.fitBounds(bounds ?? VIET_NAM, { padding: 24, maxZoom: 18 }),
  );
}

function wireHint(map: MapLibreMap, minzoom: number): void {
  const update = () => {
    byId('zoom-hint').hidden = map.getZoom() >= minzoom;
  };
  map.on('zoom', update);
  map.on('load', update);
}
