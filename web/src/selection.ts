/** The parcel that the reader looks at: outlined on the map, described in the panel, named in the address. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import { addressWithParcel, parcelInAddress } from './address.ts';
import { type LonLat, type Parcel, parcel, parcelsAt } from './api.ts';
import { showFacts } from './facts.ts';
import { text } from './i18n.ts';
import { outline, reveal, show } from './map.ts';
import { say, sayFault } from './message.ts';

/** How the map follows a parcel that opens: until it fills the view, or only until it is in view. */
export type Move = 'fill' | 'reveal';

export class Selection {
  private found: Parcel[] = [];
  private chosen = 0;
  private running = new AbortController();

  constructor(private readonly map: MapLibreMap) {}

  /** Draws the selection again, after a change of it or of the language. */
  draw(): void {
    outline(this.map, this.found.slice(this.chosen, this.chosen + 1));
    showFacts(this.found, this.chosen, (index) => {
      this.put(this.found, index);
      this.remember();
    });
  }

  /** Selects what lies at a point. */
  pick(at: LonLat): Promise<void> {
    return this.request(async (signal) => {
      this.put(await parcelsAt(at, signal));
      this.remember();
      if (this.found.length > 0) reveal(this.map, at);
      else say(text('noParcelHere'));
    });
  }

  /** Selects the parcel with this id. */
  open(parcelId: number, move: Move): Promise<void> {
    return this.request(async (signal) => {
      const opened = await parcel(parcelId, signal);
      this.put([opened]);
      this.remember();
      if (move === 'fill') show(this.map, opened.bbox);
      else reveal(this.map, opened.label_point);
    });
  }

  clear(): void {
    this.running.abort();
    this.put([]);
    this.remember();
  }

  /** Selects what the page's address names. */
  followAddress(move: Move): void {
    const parcelId = parcelInAddress(location.href);
    if (parcelId === null) this.clear();
    else if (parcelId !== this.found[this.chosen]?.parcel_id) void this.open(parcelId, move);
  }

  private put(found: Parcel[], chosen = 0): void {
    this.found = found;
    this.chosen = chosen;
    this.draw();
  }

  private remember(): void {
    const address = addressWithParcel(location.href, this.found[this.chosen]?.parcel_id ?? null);
    if (address !== location.href) history.pushState(null, '', address);
  }

  /** Runs one request at a time: a newer one replaces it. */
  private async request(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.running.abort();
    this.running = new AbortController();
    await work(this.running.signal).catch(sayFault);
  }
}
