/** The report of operations: what is wrong, every parcel before and after, numbers, papers, the law that it was judged by. */
import type { UseRow } from './assignment.ts';
import { element } from './dom.ts';
import { decimals, signed } from './format.ts';
import { language, words } from './i18n.ts';
import { type Violation, violationDetail, violationName } from './violation.ts';

/** A parcel by its papers and by its boundary, and what lies on it where the parcel is not a mere neighbour. */
export interface State {
  legal_area_m2: number | null;
  computed_area_m2: number;
  uses?: UseRow[];
  rights?: { party: string; party_id: number | null; kind: string; share: string }[];
  mortgages?: Charge[];
  leases?: Charge[];
  restrictions?: { restriction_id: number | null; sort: string; content: string; part: string | null }[];
  blocks?: { letter_no: string; agency: string }[];
}

/** A mortgage or a lease; without an id where the list itself lays it. */
export interface Charge {
  encumbrance_id: number | null;
  to: string;
  contract_no: string;
  amount_vnd: number | null;
  part: string | null;
}

/** One parcel that operations touch. */
export interface ReportLine {
  /** Sheet and number, `12/34`. */
  parcel: string;
  parcel_id: number | null;
  land_use: string | null;
  national_code?: string | null;
  before?: State;
  after?: State;
  rights: number;
  boundary_m: [east_m: number, north_m: number][][];
}

export interface Report {
  operation_id: number | null;
  changes: { code: string; name_vi: string; name_en: string }[];
  retired: ReportLine[];
  made: ReportLine[];
  renewed: ReportLine[];
  amended: ReportLine[];
  ended?: ReportLine[];
  parties: { name: string }[];
  certificates: { serial: string; before: string | null; after: string; notes: string[] }[];
  proposals: { parcel: string; land_use: string; before: string | null; after: string; source: string }[];
  drift_mm2: number;
  rules: { rule: string; value: number; source: string }[];
  violations: Violation[];
}

/** Whether nothing forbids what a report tells of. */
export function isLawful({ violations }: Report): boolean {
  return violations.every(({ severity }) => severity === 'warning');
}

/** How much land there is by the papers and by the boundaries, before and after. */
export function totalsOf(report: Report): { before: Areas; after: Areas } {
  const lines = linesOf(report).map(({ line }) => line);
  return {
    before: sum(lines.map(({ before }) => before)),
    after: sum(lines.map(({ after }) => after)),
  };
}

type Areas = Pick<State, 'legal_area_m2' | 'computed_area_m2'>;

function sum(states: (Areas | undefined)[]): Areas {
  const known = states.filter((state) => state !== undefined);
  const isLegalKnown = known.every(({ legal_area_m2 }) => legal_area_m2 !== null);
  return {
    legal_area_m2: isLegalKnown
      ? known.reduce((all, { legal_area_m2 }) => all + Number(legal_area_m2), 0)
      : null,
    computed_area_m2: known.reduce((all, { computed_area_m2 }) => all + computed_area_m2, 0),
  };
}

/** A report, to be read; `seePlace` is called with the place of a violation in the zone's metres. */
export function reportOf(report: Report, seePlace?: (x: number, y: number) => void): HTMLElement {
  const [verdict, mark] = verdictOf(report);
  const told = element('p', { class: `verdict ${mark}`, role: 'status' }, verdict);
  const parts = [told, violationsOf(report.violations, seePlace), parcelsOf(report), ...othersOf(report)];
  return element('section', { class: 'report', 'aria-label': words('Kết quả kiểm tra', 'Report') }, ...parts);
}

function verdictOf(report: Report): [verdict: string, mark: string] {
  const { operation_id } = report;
  if (operation_id !== null) {
    return [`${words('Đã ghi vào sổ, biến động số', 'Committed, entry')} ${operation_id}`, 'lawful'];
  }
  return isLawful(report)
    ? [words('Đủ điều kiện thực hiện', 'Nothing forbids it'), 'lawful']
    : [words('Không được thực hiện', 'This is not allowed'), 'unlawful'];
}

function violationsOf(violations: Violation[], seePlace?: (x: number, y: number) => void): HTMLElement {
  const sorted = [...violations].sort((one, other) => one.severity.localeCompare(other.severity));
  const rows = sorted.map((violation) => {
    const { severity, parcels, place, area_m2, length_m } = violation;
    const isError = severity === 'error';
    const mark = element(
      'span',
      { class: `badge ${severity}` },
      isError ? words('Lỗi', 'Error') : words('Lưu ý', 'Note'),
    );
    const sizes = [
      area_m2 === undefined ? null : `${decimals(area_m2, 2, language())} m²`,
      length_m === undefined ? null : `${decimals(length_m, 3, language())} m`,
      parcels.length > 0 ? `${words('thửa', 'parcels')} ${parcels.map(parcelName).join(', ')}` : null,
    ].filter((part) => part !== null);
    const row = element(
      'li',
      { 'data-code': violation.code },
      mark,
      ' ',
      element('b', {}, violationName(violation)),
    );
    if (sizes.length > 0) row.append(` · ${sizes.join(' · ')}`);
    if (place) row.append(element('br'), placeOf(place, seePlace));
    const more = violationDetail(violation);
    if (more) row.append(element('span', { class: 'quiet detail' }, more));
    return row;
  });
  return element('ul', { class: 'violations' }, ...rows);
}

function placeOf(
  { x, y, zone }: NonNullable<Violation['place']>,
  seePlace?: (x: number, y: number) => void,
): HTMLElement {
  const at = `${words('Đ', 'E')} ${decimals(x, 3, language())} · ${words('B', 'N')} ${decimals(y, 3, language())}`;
  if (!seePlace || zone === null) return element('span', {}, at);
  const button = element('button', { type: 'button', class: 'small' }, at);
  button.title = words('Xem trên bản đồ', 'Show on the map');
  button.addEventListener('click', () => seePlace(x, y));
  return button;
}

/** `new-1` is the first parcel that operations make; `new` has no number yet. */
function parcelName(parcel: string): string {
  if (parcel === 'new') return words('mới', 'new');
  return parcel.replace(/^new-(\d+)$/, (_, number) => `${words('mới thứ', 'new')} ${number}`);
}

interface Row {
  line: ReportLine;
  what: string;
}

function linesOf({ retired, made, renewed, amended, ended = [] }: Report): Row[] {
  const as = (lines: ReportLine[], what: string) => lines.map((line) => ({ line, what }));
  return [
    ...as(retired, words('chấm dứt', 'ends')),
    ...as(made, words('thửa mới', 'new')),
    ...as(renewed, words('đổi ranh giới', 'redrawn')),
    ...as(amended, words('đổi quyền', 'rights change')),
    ...as(ended, words('không còn là thửa', 'no parcel any more')),
  ];
}

function parcelsOf(report: Report): HTMLElement {
  const rows = linesOf(report);
  if (rows.length === 0) return element('p', {});
  const head = [
    words('Thửa', 'Parcel'),
    words('Pháp lý (m²)', 'Legal (m²)'),
    words('Ranh giới (m²)', 'Boundary (m²)'),
  ].map((name) => element('th', { scope: 'col' }, name));
  const totals = totalsOf(report);
  const total = element(
    'tr',
    { class: 'total' },
    element('th', { scope: 'row' }, words('Cộng', 'Total')),
    element('td', {}, change(totals.before.legal_area_m2, totals.after.legal_area_m2)),
    element('td', {}, change(totals.before.computed_area_m2, totals.after.computed_area_m2)),
  );
  return element(
    'table',
    { class: 'parcels' },
    element('caption', {}, words('Diện tích trước và sau', 'Areas before and after')),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows.map(rowOf), total),
  );
}

function rowOf({ line, what }: Row): HTMLElement {
  const { parcel, land_use, before, after, national_code, rights } = line;
  const facts = [what, land_use, national_code, rights > 0 && `${rights} ${words('quyền', 'rights')}`];
  const name = element('th', { scope: 'row' }, element('b', {}, parcel));
  name.append(element('span', { class: 'quiet detail' }, facts.filter(Boolean).join(' · ')));
  return element(
    'tr',
    {},
    name,
    element('td', {}, change(before?.legal_area_m2, after?.legal_area_m2)),
    element('td', {}, change(before?.computed_area_m2, after?.computed_area_m2)),
  );
}

/** From an area to another, with the difference where there are both. */
function change(before: number | null | undefined, after: number | null | undefined): HTMLElement {
  const told = (area_m2: number | null | undefined) =>
    area_m2 === undefined ? '' : area_m2 === null ? '–' : decimals(area_m2, 1, language());
  const cell = element('span', {}, [told(before), told(after)].filter(Boolean).join(' → '));
  if (typeof before === 'number' && typeof after === 'number') {
    cell.append(element('span', { class: 'quiet detail' }, signed(after - before, 1, language())));
  }
  return cell;
}

function othersOf({ parties, certificates, proposals, rules, drift_mm2 }: Report): HTMLElement[] {
  const papers = certificates.map(({ serial, after, notes }) =>
    [serial, certificateState(after), ...notes].join(' · '),
  );
  const terms = proposals.map(
    ({ parcel, land_use, before, after, source }) =>
      `${parcel} ${land_use}: ${before ?? '–'} → ${after} (${source})`,
  );
  const cited = new Set(rules.map(({ rule, value, source }) => `${ruleName(rule)}: ${value} (${source})`));
  const drift =
    Math.abs(drift_mm2) < 1
      ? []
      : [`${words('Làm tròn', 'Rounding')}: ${decimals(drift_mm2, 0, language())} mm²`];
  const lists: [name: string, lines: string[]][] = [
    [words('Người sử dụng đất', 'Parties'), parties.map(({ name }) => name)],
    [words('Giấy chứng nhận', 'Certificates'), papers],
    [words('Thời hạn theo luật', 'Terms by law'), terms],
    [words('Căn cứ', 'By these rules'), [...cited, ...drift]],
  ];
  return lines(lists);
}

function lines(lists: [name: string, lines: string[]][]): HTMLElement[] {
  const filled = lists.filter(([, entries]) => entries.length > 0);
  return filled.map(([name, entries]) =>
    element(
      'div',
      { class: 'list' },
      element('h4', {}, name),
      element('ul', {}, ...entries.map((line) => element('li', {}, line))),
    ),
  );
}

const STATES: Record<string, [string, string]> = {
  valid: ['còn hiệu lực', 'valid'],
  withdrawn: ['thu hồi', 'withdrawn'],
  cancelled: ['hủy', 'cancelled'],
  exchanged: ['cấp đổi', 'exchanged'],
};

function certificateState(state: string): string {
  const [vi, en] = STATES[state] ?? [state, state];
  return words(vi, en);
}

const RULES: Record<string, [string, string]> = {
  'minimum-parcel-area-m2': ['Diện tích tối thiểu (m²)', 'Least area (m²)'],
  'minimum-front-m': ['Mặt tiền tối thiểu (m)', 'Least front (m)'],
  'minimum-depth-m': ['Chiều sâu tối thiểu (m)', 'Least depth (m)'],
};

function ruleName(rule: string): string {
  const [vi, en] = RULES[rule] ?? [rule, rule];
  return words(vi, en);
}
