/** The line that a cut follows, or runs parallel to: drawn on the map, typed, or an edge of the parcel. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import type { LonLat } from './api.ts';
import { element } from './dom.ts';
import { decimals } from './format.ts';
import type { PointM } from './frame.ts';
import { language, words } from './i18n.ts';
import { edgesOf, pointsOf, rounded } from './land.ts';
import type { Overlay } from './overlay.ts';
import { frameOf, type Picked } from './picked.ts';

/** How near a press must be to a corner to mean it, in pixels. */
const SNAP_PX = 12;

export class CutLine {
  /** Points as text, a line each. */
  readonly points = element('textarea', { rows: '4', spellcheck: 'false', class: 'points' });
  /** The edges that cuts can run parallel to. */
  readonly edges = element('select');
  /** As drawn so far, in metres of the parcels' zone. */
  line_m: PointM[] = [];
  private picks: Picked[] = [];
  private isDirection = false;

  /** `changed` is called after each change. */
  constructor(
    private readonly map: MapLibreMap,
    private readonly overlay: Overlay,
    private readonly changed: () => void,
  ) {
    this.points.addEventListener('input', () => this.typed());
    this.edges.addEventListener('change', () => this.followEdge());
  }

  /** Begins anew around these parcels; a direction has two points, and is that of an edge where nothing is drawn. */
  begin(picks: Picked[], isDirection: boolean): void {
    this.picks = picks;
    this.isDirection = isDirection;
    this.fillEdges();
    if (isDirection) this.followEdge();
    else this.put([]);
  }

  /** The next point of the line. */
  add(at: LonLat): void {
    const point = this.corner(at) ?? this.inZone(at);
    if (!point) return;
    if (!this.isDirection) {
      this.put([...this.line_m, point]);
      return;
    }
    const isBegun = this.edges.value === '' && this.line_m.length === 1;
    this.edges.value = '';
    this.put(isBegun ? [...this.line_m, point] : [point]);
  }

  /** Writes it in the language of the page; the line stays. */
  translate(): void {
    const chosen = this.edges.value;
    this.fillEdges();
    this.edges.value = chosen;
    if (this.points.validity.valid) this.points.value = shown(this.line_m);
  }

  undo(): void {
    this.put(this.line_m.slice(0, -1));
  }

  clear(): void {
    this.put([]);
  }

  private fillEdges(): void {
    const options = this.outerEdges().map(({ length_m }, index) => {
      const name = `${words('cạnh', 'edge')} ${index + 1} (${decimals(length_m, 2, language())} m)`;
      return element('option', { value: String(index) }, name);
    });
    const drawn = element('option', { value: '' }, words('hướng vẽ trên bản đồ', 'what is drawn on the map'));
    this.edges.replaceChildren(...options, drawn);
  }

  private outerEdges() {
    return edgesOf(this.picks[0]?.rings_m[0] ?? []);
  }

  private followEdge(): void {
    const edge = this.edges.value === '' ? undefined : this.outerEdges()[Number(this.edges.value)];
    this.put(edge ? [edge.from, edge.to] : []);
  }

  private inZone(at: LonLat): PointM | null {
    const frame = frameOf(this.picks);
    return frame && rounded(frame.toZone(at));
  }

  /** The corner of a parcel that a point is at. */
  private corner(at: LonLat): PointM | null {
    const { x, y } = this.map.project(at);
    for (const { geometry, rings_m } of this.picks) {
      for (const [ring, vertices] of geometry.coordinates.entries()) {
        const near = vertices.findIndex((vertex) => {
          const corner = this.map.project(vertex as LonLat);
          return Math.hypot(corner.x - x, corner.y - y) < SNAP_PX;
        });
        const exact = rings_m[ring]?.[near];
        if (exact) return exact;
      }
    }
    return null;
  }

  private put(line_m: PointM[]): void {
    this.points.value = shown(line_m);
    this.take(line_m, []);
  }

  private typed(): void {
    const { points, wrong } = pointsOf(this.points.value);
    this.take(points, wrong);
  }

  private take(line_m: PointM[], wrong: number[]): void {
    const message = `${words('Không đọc được dòng', 'Unreadable line')} ${wrong.join(', ')}`;
    this.points.setCustomValidity(wrong.length > 0 ? message : '');
    this.line_m = line_m;
    const frame = frameOf(this.picks);
    this.overlay.line(frame ? line_m.map((point) => frame.toMap(point)) : []);
    this.changed();
  }
}

/** Points as text, a line each. */
function shown(line_m: PointM[]): string {
  const typed = (value: number) => value.toFixed(3).replace('.', language() === 'vi' ? ',' : '.');
  return line_m.map(([east, north]) => `${typed(east)} ${typed(north)}`).join('\n');
}
