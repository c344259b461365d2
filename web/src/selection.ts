/** The parcel that the reader looks at: outlined on the map, described in the panel, named in the address. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import { addressWithParcel, parcelInAddress } from './address.ts';
import { type LonLat, type Parcel, Problem, parcel, parcelsAt } from './api.ts';
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
  /** The latest request, done when it is answered. */
  private asked = Promise.resolve();

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

  /** Reads the selected parcels again if they are among these; with `null`, any may have changed. */
  async refresh(changed: number[] | null): Promise<void> {
    // What is on its way may be older than the change.
    await this.asked;
    const touched = this.found.filter(({ parcel_id }) => changed?.includes(parcel_id) ?? true);
    if (touched.length === 0) return;
    await this.request(async (signal) => {
      const before = this.found[this.chosen];
      const read = await Promise.all(this.found.map(({ parcel_id }) => current(parcel_id, signal)));
      const found = read.filter((parcel) => parcel !== null);
      const chosen = found.findIndex(({ parcel_id }) => parcel_id === before?.parcel_id);
      if (chosen < 0) say(text('justEnded'));
      else if (found[chosen]?.revision !== before?.revision) say(text('justChanged'));
      this.put(found, Math.max(chosen, 0));
      this.remember();
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
  private request(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.running.abort();
    this.running = new AbortController();
    this.asked = work(this.running.signal).catch(sayFault);
    return this.asked;
  }
}

/** The parcel with this id; `null` if it is no longer current. */
function current(parcelId: number, signal: AbortSignal): Promise<Parcel | null> {
  return parcel(parcelId, signal).catch((error) => {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  });
}
