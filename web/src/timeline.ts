/** A parcel's timeline: what the register ever knew of it, by when it holds in law and by when it came to be known. */
import './timeline.css';
import { chart } from './bars.ts';
import { byId, element } from './dom.ts';
import { ENTRY_NAMES, type Entry, factsOf, ownSpan, type Timeline } from './entry.ts';
import { area, day, instant } from './format.ts';

const parcelId = /\/parcels\/(\d{1,16})\/timeline/.exec(location.pathname)?.[1] ?? '0';

byId<HTMLFormElement>('officer').addEventListener('submit', (event) => {
  event.preventDefault();
  void show(byId<HTMLInputElement>('token').value.trim());
});
void show('');

/** Asks for the timeline and shows it. The token is kept nowhere. */
async function show(token: string): Promise<void> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(`/api/v1/parcels/${parcelId}/timeline`, { headers }).catch(() => null);
  if (!response?.ok) {
    say(await reason(response));
    return;
  }
  const timeline = (await response.json()) as Timeline;
  say(null);
  title(timeline);
  byId('bars').replaceChildren(chart(timeline.entries));
  byId('moments').replaceChildren(...moments(timeline.entries));
  byId('chart').hidden = false;
  byId('list').hidden = false;
}

async function reason(response: Response | null): Promise<(Node | string)[]> {
  if (!response) return ['Không kết nối được máy chủ · ', english('The server cannot be reached')];
  if (response.status === 404) return ['Không có thửa đất này · ', english('There never was such a parcel')];
  if (response.status === 401)
    return ['Mã truy cập không còn hiệu lực · ', english('The token is not alive')];
  return ['Máy chủ báo lỗi · ', english('The server reports a fault')];
}

function say(text: (Node | string)[] | null): void {
  byId('message').hidden = text === null;
  byId('message').replaceChildren(...(text ?? []));
}

function title({ parcel }: Timeline): void {
  const name = `Thửa ${parcel.parcel_no} · Tờ ${parcel.sheet_no} – ${parcel.commune.name} (${parcel.commune.code})`;
  byId('title').textContent = name;
  document.title = `${name} – Địa Bạ`;
  const size = parcel.legal_area_m2 ?? parcel.computed_area_m2;
  const period = `${day(parcel.legal_from)} – ${parcel.legal_until ? day(parcel.legal_until) : '…'}`;
  const state = parcel.is_current
    ? ['hiện hành · ', english('current')]
    : ['không còn hiện hành · ', english('no longer current')];
  byId('state').replaceChildren(
    [parcel.national_code, size === null ? null : area(size, 'vi'), period].filter(Boolean).join(' · '),
    ' · ',
    ...state,
  );
  if (parcel.is_current) byId<HTMLAnchorElement>('on-map').href = `/?parcel=${parcel.parcel_id}`;
}

/** What came to be known at one instant, the newest first. */
function moments(entries: Entry[]): HTMLElement[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const minute = instant(entry.recorded_from);
    groups.set(minute, [...(groups.get(minute) ?? []), entry]);
  }
  return [...groups].reverse().map(([minute, group]) => {
    const lines = group.map(line);
    return element('li', {}, element('h4', {}, minute), element('ul', {}, ...lines));
  });
}

function line(entry: Entry): HTMLElement {
  const [vietnamese, inEnglish] = ENTRY_NAMES[entry.kind] ?? [entry.kind, entry.kind];
  const name = element('b', {}, vietnamese, ' ', english(inEnglish));
  const parts: (Node | string)[] = [name, ` ${ownSpan(entry)} `];
  const facts = factsOf(entry);
  if (facts) parts.push(element('span', {}, facts), ' ');
  if (entry.kind === 'parent' || entry.kind === 'child') {
    const href = `/parcels/${entry.id}/timeline`;
    parts.push(element('a', { href }, `Lịch sử thửa ${entry.parcel_no} tờ ${entry.sheet_no}`));
  }
  if (entry.kind === 'parcel') parts.push(then(entry));
  if (entry.recorded_until) {
    const until = instant(entry.recorded_until);
    parts.push(element('i', {}, ` ghi như vậy đến ${until} · `, english(`so recorded until ${until}`)));
  }
  return element('li', { class: entry.recorded_until ? 'superseded' : '' }, ...parts);
}

/** The parcel as it was on the first day of a version, by what was known when that was recorded. */
function then(entry: Entry): HTMLElement {
  const query = new URLSearchParams({ at: entry.legal_from, known: entry.recorded_from });
  return element('a', { href: `/api/v1/parcels/${parcelId}?${query}` }, 'JSON');
}

function english(text: string): HTMLElement {
  return element('span', { lang: 'en' }, text);
}
