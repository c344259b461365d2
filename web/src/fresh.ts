/** Keeps the tiles in view as fresh as the server's: those that a change touches are asked for again. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Box, TileJson } from './api.ts';
import { touchedTiles } from './grid.ts';

const PAUSE_MS = 50;
const MOST_BOXES = 1000;

export class Freshness {
  /** Where tiles are out of date; `null`: everywhere. */
  private stale: Box[] | null = [];
  private timer = 0;

  constructor(
    private readonly map: MapLibreMap,
    private readonly tileset: TileJson,
  ) {}

  /** What lies in the boxes has changed; with `null`, anything may have. */
  touch(boxes: Box[] | null): void {
    const all = boxes && this.stale && [...this.stale, ...boxes];
    this.stale = all && all.length <= MOST_BOXES ? all : null;
    this.refresh();
  }

  /** Nothing is out of date: all tiles are new. */
  forget(): void {
    this.stale = [];
  }

  private refresh(): void {
    clearTimeout(this.timer);
    // A tile on its way may be older than the change: it must come before it can be asked for again.
    if (!this.map.getSource('parcels') || !this.map.isSourceLoaded('parcels')) {
      this.timer = window.setTimeout(() => this.refresh(), PAUSE_MS);
      return;
    }
    if (this.stale === null) {
      this.map.refreshTiles('parcels');
    } else {
      const tiles = touchedTiles(this.tilesInView(), this.stale);
      if (tiles.length > 0) this.map.refreshTiles('parcels', tiles);
    }
    this.stale = [];
  }

  private tilesInView() {
    const { minzoom, maxzoom } = this.tileset;
    return this.map.coveringTiles({ tileSize: 512, minzoom, maxzoom }).map(({ canonical }) => canonical);
  }
}
