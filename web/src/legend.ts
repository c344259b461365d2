/** The legend: land uses in the view, or all of them. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import { byId, element, swatch } from './dom.ts';
import { onLanguage, text } from './i18n.ts';
import { colourOf, isKnown, LAND_USES, nameOf } from './land-use.ts';

/** Wires the legend panel; on a narrow screen it starts closed. */
export function wireLegend(map: MapLibreMap): void {
  const toggle = byId<HTMLButtonElement>('legend-toggle');
  const body = byId('legend-body');
  const all = byId<HTMLInputElement>('legend-all');
  const list = byId('legend-list');
  let drawn = '';

  const draw = () => {
    if (body.hidden) return;
    const codes = all.checked ? null : codesInView(map);
    const key = codes?.join() ?? 'all';
    if (key === drawn) return;
    drawn = key;
    list.replaceChildren(...(codes ? rowsOf(codes) : allRows()));
  };
  const open = (isOpen: boolean) => {
    body.hidden = !isOpen;
    toggle.setAttribute('aria-expanded', String(isOpen));
    draw();
  };

  toggle.addEventListener('click', () => open(Boolean(body.hidden)));
  for (const choice of body.querySelectorAll('input')) choice.addEventListener('change', draw);
  map.on('idle', draw);
  onLanguage(() => {
    drawn = '';
    draw();
  });
  if (matchMedia('(max-width: 640px)').matches) open(false);
}

/** The land-use codes of the drawn parcels, in legend order, unknown ones last. */
function codesInView(map: MapLibreMap): string[] {
  if (!map.getLayer('parcel-fill')) return [];
  const seen = new Set<string>();
  for (const { properties } of map.queryRenderedFeatures({ layers: ['parcel-fill'] })) {
    seen.add(String(properties.land_use ?? ''));
  }
  const known = LAND_USES.map(({ code }) => code).filter((code) => seen.delete(code));
  return [...known, ...[...seen].sort()];
}

function rowsOf(codes: string[]): HTMLElement[] {
  if (codes.length === 0) return [element('li', { class: 'quiet' }, text('legendEmpty'))];
  const byCode = new Map(LAND_USES.map((landUse) => [landUse.code, landUse]));
  return codes.map((code) => {
    const landUse = byCode.get(code);
    return row(code, landUse ? nameOf(landUse) : text('legendUnknown'), false);
  });
}

function allRows(): HTMLElement[] {
  return LAND_USES.map((landUse) => row(landUse.code, nameOf(landUse), landUse.is_group));
}

function row(code: string, name: string, isGroup: boolean): HTMLElement {
  const label = element('span', {}, element('b', {}, isKnown(code) ? code : code || '?'), ` ${name}`);
  return element('li', isGroup ? { class: 'group' } : {}, swatch(colourOf(code)), label);
}
