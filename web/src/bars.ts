/** Versions as bars over the days on which they hold in law. */
import { ENTRY_NAMES, type Entry, factsOf, ownSpan } from './entry.ts';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 1000;
/** Room for the names. */
const LEFT = 190;
const ROW = 20;
const TOP = 24;

/** A chart of all that lasts; what happens at once has no bar. */
export function chart(entries: Entry[]): SVGElement {
  const lasting = entries.filter(({ kind }) => !['operation', 'parent', 'child'].includes(kind));
  const days = lasting.flatMap((entry) => [entry.legal_from, entry.legal_until ?? '']).filter(Boolean);
  const now = Date.now();
  const first = Math.min(...days.map(time), now);
  const last = Math.max(...days.map(time), now);
  const margin = Math.max((last - first) / 40, 86_400_000 * 30);
  const scale = (at: number) =>
    LEFT + ((at - (first - margin)) / (last - first + 2 * margin)) * (WIDTH - LEFT);
  const height = TOP + lasting.length * ROW + 6;
  const drawn = svg('svg', { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img' });
  drawn.setAttribute('aria-label', 'Các phiên bản theo thời gian hiệu lực / versions by their days in law');
  drawn.append(...years(first - margin, last + margin).map((year) => gridLine(year, scale, height)));
  drawn.append(...lasting.map((entry, row) => bar(entry, TOP + row * ROW, scale, last + margin)));
  return drawn;
}

function bar(entry: Entry, y: number, scale: (at: number) => number, open: number): SVGElement {
  const from = scale(time(entry.legal_from));
  const until = scale(entry.legal_until ? time(entry.legal_until) : open);
  const state = entry.recorded_until ? ' superseded' : '';
  const group = svg('g', { class: entry.kind + state });
  const [name] = ENTRY_NAMES[entry.kind] ?? [entry.kind];
  const label = svg('text', { x: '0', y: String(y + 13) });
  label.textContent = `${name}${entry.revision === null ? '' : ` (${entry.revision})`}`;
  const width = String(Math.max(until - from, 2));
  const rect = svg('rect', { x: String(from), y: String(y + 2), width, height: String(ROW - 6), rx: '2' });
  const hint = svg('title', {});
  hint.textContent = `${name} ${ownSpan(entry)} ${factsOf(entry)}`;
  rect.append(hint);
  group.append(label, rect);
  return group;
}

/** The first days of years between two instants, at most about twelve. */
function years(from: number, until: number): number[] {
  const [first, last] = [new Date(from).getUTCFullYear() + 1, new Date(until).getUTCFullYear()];
  const step = Math.max(1, Math.ceil((last - first + 1) / 12));
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => first + index * step);
}

function gridLine(year: number, scale: (at: number) => number, height: number): SVGElement {
  const x = String(scale(Date.UTC(year, 0, 1)));
  const group = svg('g', {});
  const anchor = Number(x) > WIDTH - 20 ? 'end' : 'middle';
  const text = svg('text', { x, y: '12', class: 'year', 'text-anchor': anchor });
  text.textContent = String(year);
  group.append(svg('line', { x1: x, x2: x, y1: '18', y2: String(height), class: 'grid' }), text);
  return group;
}

function time(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function svg(name: string, attributes: Record<string, string>): SVGElement {
  const created = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  return created;
}
