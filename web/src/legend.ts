/** The legend: land uses in the view, or all of them, and how many parcels are only counted. */
import type { MapGeoJSONFeature, Map as MapLibreMap } from 'maplibre-gl';
import { byId, element, swatch } from './dom.ts';
import { count } from './format.ts';
import { language, onLanguage, text } from './i18n.ts';
import { colourOf, isKnown, LAND_USES, nameOf } from './land-use.ts';

/** Wires the legend panel; on a narrow screen it starts closed. */
export function wireLegend(map: MapLibreMap): void {
  const toggle = byId<HTMLButtonElement>('legend-toggle');
  const body = byId('legend-body');
  const all = byId<HTMLInputElement>('legend-all');
  const list = byId('legend-list');
  let drawn = '';

  const draw = () => {
    const summed = featuresInView(map, 'aggregate-fill');
    drawSummed(summed);
    if (body.hidden) return;
    const codes = all.checked ? null : codesOf([...summed, ...featuresInView(map, 'parcel-fill')]);
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

function featuresInView(map: MapLibreMap, layer: string): MapGeoJSONFeature[] {
  return map.getLayer(layer) ? map.queryRenderedFeatures({ layers: [layer] }) : [];
}

/** Says how many parcels are summed up by land use, where any are: also while the rest is folded away. */
function drawSummed(aggregates: MapGeoJSONFeature[]): void {
  const parcels = aggregates.reduce((sum, { properties }) => sum + Number(properties.parcels), 0);
  const line = `${text('summed')}: ${count(parcels, language())}`;
  const shown = byId('summed');
  shown.hidden = aggregates.length === 0;
  // Written only when it differs, or screen readers would say it again.
  if (shown.textContent !== line) shown.textContent = line;
}

/** The land-use codes of parcels, in legend order, unknown ones last. */
function codesOf(features: MapGeoJSONFeature[]): string[] {
  const seen = new Set(features.map(({ properties }) => String(properties.land_use ?? '')));
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
