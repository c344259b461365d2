/** Joins the parts of the page. */
import './style.css';
import { AJAXError, GPUInitializationError, type Map as MapLibreMap } from 'maplibre-gl';
import { dayInAddress } from './address.ts';
import { Problem, type TileJson, tileset } from './api.ts';
import { ShownDay } from './day.ts';
import { byId } from './dom.ts';
import { Freshness } from './fresh.ts';
import { onLanguage, switchLanguage, text, translatePage } from './i18n.ts';
import { wireLegend } from './legend.ts';
import { type Change, Live } from './live.ts';
import { createMap, onPick } from './map.ts';
import { say, sayFault } from './message.ts';
import { SearchBox } from './search.ts';
import { Selection } from './selection.ts';

declare global {
  interface Window {
    /** For tests and the curious: the map of this page. */
    diaba?: { map: MapLibreMap };
  }
}

/** Whether the link that opened the page says where to look; the map soon writes its own position there. */
const isPositionGiven = location.hash.length > 1;

/** Takes what changes, once there is a map that may be out of date. */
let take: (change: Change) => void = () => {};

onLanguage(translatePage);
byId('language').addEventListener('click', switchLanguage);
// Followed before the first tile is asked for, so that no change falls between.
new Live((change) => take(change), showLive);
void start();

async function start(): Promise<void> {
  try {
    const described = await tileset(new AbortController().signal);
    wire(createMap(described, dayInAddress(location.href)), described);
  } catch (error) {
    if (error instanceof GPUInitializationError) say(text('noGraphics'));
    else sayFault(error, start);
  }
}

function wire(map: MapLibreMap, described: TileJson): void {
  const selection = new Selection(map);
  const freshness = new Freshness(map, described);
  const day = new ShownDay(map, described, () => freshness.forget());
  const dismiss = () => {
    selection.clear();
    map.getCanvas().focus();
  };

  wireLegend(map);
  new SearchBox(async ({ parcel_id }) => {
    await selection.open(parcel_id, 'fill');
    byId('facts-title').focus();
  }, sayFault);
  onPick(map, (at) => selection.pick(at));
  onLanguage(() => selection.draw());
  byId('facts-close').addEventListener('click', dismiss);
  byId('facts').addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') dismiss();
  });
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault();
    map.getCanvas().focus();
  });
  take = ({ boxes, parcelIds }) => {
    if (day.isToday) freshness.touch(boxes);
    void selection.refresh(parcelIds);
  };
  addEventListener('popstate', () => {
    day.followAddress();
    selection.followAddress('reveal');
  });
  map.once('load', () => selection.followAddress(isPositionGiven ? 'reveal' : 'fill'));
  map.on('error', ({ error }) => {
    console.warn(error);
    sayFault(new Problem(error instanceof AJAXError ? error.status : 0, error.message));
  });
  window.diaba = { map };
}

function showLive(isLive: boolean): void {
  const mark = byId('live');
  mark.dataset.text = isLive ? 'live' : 'notLive';
  mark.textContent = text(isLive ? 'live' : 'notLive');
}
