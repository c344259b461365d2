/** Joins the parts of the page. */
import './style.css';
import { GPUInitializationError, type Map as MapLibreMap } from 'maplibre-gl';
import { tileset } from './api.ts';
import { byId } from './dom.ts';
import { onLanguage, switchLanguage, text, translatePage } from './i18n.ts';
import { wireLegend } from './legend.ts';
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

onLanguage(translatePage);
byId('language').addEventListener('click', switchLanguage);
void start();

async function start(): Promise<void> {
  try {
    wire(createMap(await tileset(new AbortController().signal)));
  } catch (error) {
    if (error instanceof GPUInitializationError) say(text('noGraphics'));
    else sayFault(error, start);
  }
}

function wire(map: MapLibreMap): void {
  const selection = new Selection(map);
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
  addEventListener('popstate', () => selection.followAddress('reveal'));
  map.once('load', () => selection.followAddress(isPositionGiven ? 'reveal' : 'fill'));
  map.on('error', ({ error }) => {
    console.warn(error);
    say(text('serverUnreachable'));
  });
  window.diaba = { map };
}
