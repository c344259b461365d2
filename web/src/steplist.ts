/** The list of operations that commit together: in order, moved, removed. */
import { element } from './dom.ts';
import { button } from './form.ts';
import { area, decimals } from './format.ts';
import { language, words } from './i18n.ts';
import type { Operation, ParcelRef } from './land.ts';
import { nameOf, type Picked } from './picked.ts';
import { buildingOn, maySwap, refsOf, swapped, without } from './steps.ts';
import type { Traced } from './trace.ts';
import { changeName } from './transfer.ts';

/** `change` is called with the list as it is then; `known` gives what is known of the land that operations name. */
export function stepList(
  list: Operation[],
  traced: Traced[],
  known: (ref: ParcelRef) => Picked | undefined,
  change: (list: Operation[]) => unknown,
): HTMLElement {
  const rows = list.map((operation, at) => {
    const names = refsOf(operation).map((ref) => nameOf(known(ref) ?? { ref, parcel: null }));
    const name = `${at + 1}. ${operationName(operation)}: ${names.join(', ')}`;
    const made = (traced[at]?.made ?? []).map(({ after }) => area(after?.computed_area_m2 ?? 0, language()));
    const row = element('li', {}, element('b', {}, name));
    if (made.length > 0) {
      const told = `${words('thành', 'becomes')} ${made.join(' + ')}`;
      row.append(element('span', { class: 'quiet detail' }, told));
    }
    const up = control('↑', words('Đưa lên', 'Move up'), name, () => change(swapped(list, at - 1)));
    up.disabled = !maySwap(list, at - 1);
    const down = control('↓', words('Đưa xuống', 'Move down'), name, () => change(swapped(list, at)));
    down.disabled = !maySwap(list, at);
    const more = buildingOn(list, at).slice(1);
    const also = more.map((number) => number + 1).join(', ');
    const remove =
      more.length === 0
        ? words('Bỏ', 'Remove')
        : `${words('Bỏ cùng biến động', 'Remove together with')} ${also}`;
    row.append(
      element(
        'span',
        { class: 'controls' },
        up,
        down,
        control('×', remove, name, () => change(without(list, at))),
      ),
    );
    return row;
  });
  return element('ol', { class: 'steplist' }, ...rows);
}

function control(sign: string, what: string, name: string, press: () => unknown): HTMLButtonElement {
  const created = button(sign, press, 'small');
  created.setAttribute('aria-label', `${what}: ${name}`);
  created.title = what;
  return created;
}

function operationName(operation: Operation): string {
  switch (operation.kind) {
    case 'merge':
      return words('Hợp thửa', 'Merge');
    case 'split':
      return words('Tách thửa', 'Split');
    case 'transfer': {
      const takers = operation.to.map(({ party, share }) => {
        const name = 'name' in party ? party.name : String(party.party_id);
        return share ? `${name} (${share})` : name;
      });
      return `${changeName(operation.by)} → ${takers.join(', ')}`;
    }
  }
}

/** The parts that the operations of a list made and left, to be taken for the next. */
export function partChooser(
  parts: Picked[],
  picks: Picked[],
  toggle: (part: Picked) => unknown,
): HTMLElement[] {
  if (parts.length === 0) return [];
  const buttons = parts.map((part) => {
    const press = button(`${nameOf(part)} · ${decimals(part.area_m2, 1, language())} m²`, () => toggle(part));
    press.setAttribute('aria-pressed', String(picks.some(({ ref }) => ref === part.ref)));
    return press;
  });
  const name = words('Thửa mới trong danh sách', 'New parcels of the list');
  return [element('div', { class: 'choice', role: 'group', 'aria-label': name }, ...buttons)];
}
