/** The day whose map is shown: today's, as it changes, or another one's, as it was in law. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import { addressWithDay, dayInAddress } from './address.ts';
import type { TileJson } from './api.ts';
import { byId } from './dom.ts';
import { dayInVietNam, day as dayInWords } from './format.ts';
import { onLanguage, text } from './i18n.ts';
import { AS_OF_ZOOM, showDay } from './map.ts';

export class ShownDay {
  private readonly input = byId<HTMLInputElement>('day-input');
  /** The day, `2024-08-01`; `null` for today. */
  private day = dayInAddress(location.href);

  /** The map already shows the day of the page's address; `changed` is called after each change. */
  constructor(
    private readonly map: MapLibreMap,
    private readonly tileset: TileJson,
    private readonly changed: () => void,
  ) {
    this.input.addEventListener('focus', () => {
      this.input.max = dayInVietNam(new Date());
    });
    this.input.addEventListener('change', () => {
      // A day that is still being typed may be one of the year 2.
      if (this.input.validity.valid) this.choose(this.input.value || null);
    });
    byId('day-back').addEventListener('click', () => {
      this.choose(null);
      map.getCanvas().focus();
    });
    map.on('zoom', () => this.hint());
    onLanguage(() => this.draw());
  }

  get isToday(): boolean {
    return this.day === null;
  }

  /** Shows the day that the page's address names. */
  followAddress(): void {
    this.put(dayInAddress(location.href));
  }

  private choose(day: string | null): void {
    this.put(day === dayInVietNam(new Date()) ? null : day);
    const address = addressWithDay(location.href, this.day);
    if (address !== location.href) history.pushState(null, '', address);
  }

  private put(day: string | null): void {
    const isNew = day !== this.day;
    this.day = day;
    this.draw();
    if (!isNew) return;
    showDay(this.map, this.tileset, day);
    this.changed();
  }

  private draw(): void {
    this.input.value = this.day ?? '';
    byId('day-text').textContent = this.day && `${text('mapAsOf')} ${dayInWords(this.day)}`;
    byId('day-banner').hidden = this.isToday;
    document.body.classList.toggle('as-of', !this.isToday);
    this.hint();
  }

  private hint(): void {
    byId('zoom-hint').hidden = this.map.getZoom() >= AS_OF_ZOOM;
  }
}
