/** The facts panel: what the register says about one parcel. */
import { type LandUseRow, type Parcel, parcelAddress, reportAddress, timelineAddress } from './api.ts';
import { byId, element, swatch } from './dom.ts';
import { area, count, day, instant } from './format.ts';
import { language, type TextKey, text } from './i18n.ts';
import { colourOf, nameOf } from './land-use.ts';

/** Shows the parcel at `chosen` of those found at one point, nothing if there is none; `choose` is called for another of them. */
export function showFacts(parcels: Parcel[], chosen: number, choose: (index: number) => void): void {
  const parcel = parcels[chosen];
  if (!parcel) {
    hideFacts();
    return;
  }
  byId('facts-title').textContent = titleOf(parcel);
  byId('facts-body').replaceChildren(
    ...(parcels.length > 1 ? [choiceOf(parcels, chosen, choose)] : []),
    factsOf(parcel),
    landUseOf(parcel),
    recordOf(parcel),
    element('p', { class: 'quiet' }, text('exactness')),
    linksOf(parcel),
  );
  byId('facts').classList.add('open');
  byId('facts').inert = false;
}

function hideFacts(): void {
  byId('facts').classList.remove('open');
  // Off the screen it must be out of reach of the keyboard and of screen readers too.
  byId('facts').inert = true;
}

function titleOf({ parcel_no, sheet_no }: Parcel): string {
  return `${text('parcel')} ${parcel_no} · ${text('sheet')} ${sheet_no}`;
}

function choiceOf(parcels: Parcel[], chosen: number, choose: (index: number) => void): HTMLElement {
  const buttons = parcels.map((parcel, index) => {
    const button = element(
      'button',
      { type: 'button', 'aria-pressed': String(index === chosen) },
      titleOf(parcel),
    );
    button.addEventListener('click', () => choose(index));
    return button;
  });
  return element('div', { class: 'choice', role: 'group', 'aria-label': text('several') }, ...buttons);
}

function factsOf(parcel: Parcel): HTMLElement {
  const { commune, address, national_code, legal_area_m2, computed_area_m2 } = parcel;
  return definitions([
    ['commune', `${commune.name} (${commune.code})`],
    ['address', address ?? text('none')],
    ['nationalCode', nationalCodeOf(national_code)],
    ['legalArea', legal_area_m2 === null ? text('none') : area(legal_area_m2, language())],
    ['computedArea', area(computed_area_m2, language())],
  ]);
}

/** Where and when the register holds the parcel. */
function recordOf(parcel: Parcel): HTMLElement {
  const { scale_denominator, register_position } = parcel;
  return definitions([
    ['inForceFrom', day(parcel.in_force_from)],
    ['recordedAt', instant(parcel.recorded_at)],
    ['revision', String(parcel.revision)],
    ['zone', `EPSG:${parcel.zone}`],
    ['scale', scale_denominator === null ? text('none') : `1:${count(scale_denominator, language())}`],
    ['systemId', String(parcel.parcel_id)],
    ['registerPosition', count(register_position, language())],
  ]);
}

function definitions(entries: [name: TextKey, value: string | HTMLElement][]): HTMLElement {
  const rows = entries.map(([name, value]) =>
    element('div', {}, element('dt', {}, text(name)), element('dd', {}, value)),
  );
  return element('dl', {}, ...rows);
}

function nationalCodeOf(code: string | null): string | HTMLElement {
  if (code === null) return text('nationalCodeNone');
  const shown = element('code', {}, code);
  const button = element('button', { type: 'button', class: 'small' }, text('copy'));
  button.addEventListener('click', async () => {
    if (await copied(shown)) button.textContent = text('copied');
  });
  return element('span', { class: 'copyable' }, shown, button);
}

/** Copies an element's text; browsers allow the clipboard interface on secure pages only, a selection always. */
async function copied(shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(shown.textContent ?? '');
    return true;
  } catch {
    getSelection()?.selectAllChildren(shown);
    return document.execCommand('copy');
  }
}

function landUseOf({ land_use }: Parcel): HTMLElement {
  const rows = land_use.map(landUseRow);
  const heading = element('h3', { id: 'land-use-heading' }, text('landUse'));
  return element('section', { 'aria-labelledby': 'land-use-heading' }, heading, element('ul', {}, ...rows));
}

function landUseRow(row: LandUseRow): HTMLElement {
  const size =
    row.area_m2 === null ? [] : [element('span', { class: 'size' }, area(row.area_m2, language()))];
  const details = [
    row.origin && `${text('origin')}: ${row.origin}`,
    row.term && `${text('term')}: ${row.term}`,
  ].filter((detail): detail is string => Boolean(detail));
  const name = element('span', { class: 'name' }, element('b', {}, row.code), ` ${nameOf(row)}`);
  const lines = details.map((detail) => element('span', { class: 'quiet detail' }, detail));
  return element('li', {}, swatch(colourOf(row.code)), name, ...size, ...lines);
}

function linksOf({ parcel_id }: Parcel): HTMLElement {
  const link = (href: string, name: string) =>
    element('a', { href, target: '_blank', rel: 'noopener' }, name);
  return element(
    'p',
    { class: 'links' },
    link(timelineAddress(parcel_id), text('timeline')),
    link(reportAddress(parcel_id), text('reportError')),
    link(parcelAddress(parcel_id, 'json'), 'JSON'),
    link(parcelAddress(parcel_id, 'geojson'), 'GeoJSON'),
  );
}
