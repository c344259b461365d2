/** The table in which an officer says which part of a cut gets which use, mortgage, lease and restriction. */
import { excess, toggled, unassigned, withUse } from './assignment.ts';
import { element } from './dom.ts';
import { area, decimals, money } from './format.ts';
import { language, words } from './i18n.ts';
import { numberOf, type Split } from './land.ts';
import type { Charge, State } from './report.ts';
import type { Traced } from './trace.ts';
import { type Violation, violationDetail, violationName } from './violation.ts';

/** What is wrong with an assignment, among other things that can be. */
const OWN_FAULTS = ['uses-', 'use-areas-', 'encumbrances-', 'restrictions-'];

interface Cut {
  operation: Split;
  before: State;
  /** The areas of the parts. */
  areas_m2: number[];
}

/** The cut of an operation that leaves something to assign, else none. */
export function cutOf({ operation, before, made }: Traced): Cut | null {
  if (operation.kind !== 'split' || !before) return null;
  const { uses = [], mortgages = [], leases = [], restrictions = [], blocks = [] } = before;
  const laid = [...mortgages, ...leases, ...restrictions, ...blocks];
  if (uses.length < 2 && laid.length === 0) return null;
  return { operation, before, areas_m2: made.map(({ after }) => after?.computed_area_m2 ?? 0) };
}

/** The table of a cut; `change` is called with the cut as it is assigned then. */
export function assigning(
  title: string,
  cut: Cut,
  violations: Violation[],
  change: (operation: Split) => void,
): HTMLElement {
  const place = element('section', { class: 'assign', 'aria-label': title });
  let { operation } = cut;
  const put = (next: Split) => {
    operation = next;
    change(next);
    sum();
  };
  const rows = [...usesOf(cut, () => operation, put), ...chargesOf(cut, () => operation, put)];
  const sums = element('tbody', { 'aria-live': 'polite' });
  const sum = () => sums.replaceChildren(...sumsOf({ ...cut, operation }));
  sum();
  const head = cut.areas_m2.map((area_m2, part) => {
    const size = element('span', { class: 'quiet detail' }, area(area_m2, language()));
    return element('th', { scope: 'col' }, `${words('Phần', 'Part')} ${part + 1}`, size);
  });
  const table = element(
    'table',
    {},
    element('caption', {}, title),
    element(
      'thead',
      {},
      element('tr', {}, element('th', { scope: 'col' }, words('Trên thửa cũ', 'On the parcel')), ...head),
    ),
    element('tbody', {}, ...rows),
    sums,
  );
  const wide = element('div', { class: 'wide', tabindex: '0', role: 'group', 'aria-label': title }, table);
  const rule = words(
    'Đề xuất: loại đất theo tỷ lệ diện tích; thế chấp, cho thuê, hạn chế theo mọi phần mà chúng nằm trên.',
    'Proposed: uses in proportion to areas; mortgages, leases and restrictions on all parts that they lie on.',
  );
  place.append(
    wide,
    ...wrongOf(violations),
    element('p', { class: 'quiet detail' }, rule),
    ...blocksOf(cut.before),
  );
  return place;
}

/** The violations of a report that are about assignments. */
export function faultsOf(violations: Violation[]): Violation[] {
  return violations.filter(({ code }) => OWN_FAULTS.some((start) => code.startsWith(start)));
}

function wrongOf(violations: Violation[]): HTMLElement[] {
  return violations.map((violation) => {
    const name = element('b', {}, violationName(violation));
    const more = [violation.parcels.join(', '), violationDetail(violation)].filter(Boolean).join(': ');
    return element('p', { class: 'problem', role: 'alert' }, name, more && ` · ${more}`);
  });
}

function usesOf(
  { before, areas_m2 }: Cut,
  operation: () => Split,
  put: (operation: Split) => void,
): HTMLElement[] {
  const uses = before.uses ?? [];
  const { uses: assigned } = operation();
  if (uses.length < 2 || !assigned) return [];
  return uses.map(({ code, area_tenths_m2 }) => {
    const size = area_tenths_m2 === null ? '' : ` ${area(area_tenths_m2 / 10, language())}`;
    const name = element('th', { scope: 'row' }, element('b', {}, code), size);
    const cells = areas_m2.map((_, part) => {
      const own = assigned[part]?.find((row) => row.code === code)?.area_tenths_m2 ?? 0;
      const input = element('input', {
        type: 'text',
        inputmode: 'decimal',
        value: decimals(own / 10, 1, language()),
        'aria-label': `${code}, ${words('phần', 'part')} ${part + 1} (m²)`,
      });
      input.addEventListener('input', () => {
        const typed = input.value.trim() === '' ? 0 : numberOf(input.value);
        const isGood = typed !== null && typed >= 0;
        input.setCustomValidity(isGood ? '' : words('Số mét vuông', 'Square metres'));
        if (!isGood) return;
        const now = operation();
        put({ ...now, uses: withUse(now.uses ?? [], [part, code], Math.round(typed * 10)) });
      });
      return element('td', {}, input);
    });
    return element('tr', { 'data-use': code }, name, ...cells);
  });
}

/** What is left to assign, and by how much parts are off their areas. */
function sumsOf({ before, operation, areas_m2 }: Cut): HTMLElement[] {
  const uses = before.uses ?? [];
  const { uses: assigned } = operation;
  if (uses.length < 2 || !assigned) return [];
  const left = unassigned(uses, assigned).flatMap((tenths, use) => {
    if (tenths === 0) return [];
    const size = area(Math.abs(tenths) / 10, language());
    const what = tenths > 0 ? words('còn chưa phân', 'left to assign') : words('phân thừa', 'too much');
    return [`${uses[use]?.code} ${what} ${size}`];
  });
  const offs = excess(assigned, areas_m2).map((tenths) => {
    // Each use is rounded to a tenth.
    const isEqual = Math.abs(tenths) <= uses.length;
    const off = `${tenths > 0 ? '+' : '−'}${decimals(Math.abs(tenths) / 10, 1, language())} m²`;
    const told = isEqual ? words('khớp', 'fits') : `${words('lệch', 'off by')} ${off}`;
    return element('td', isEqual ? {} : { class: 'off' }, told);
  });
  const name = element('th', { scope: 'row' }, words('So với diện tích', 'Against the area'));
  const sums = [element('tr', { class: 'total' }, name, ...offs)];
  if (left.length > 0) {
    const cell = element('td', { colspan: String(areas_m2.length + 1), class: 'off' }, left.join(' · '));
    sums.push(element('tr', { class: 'left' }, cell));
  }
  return sums;
}

function chargesOf(
  { before, areas_m2 }: Cut,
  operation: () => Split,
  put: (operation: Split) => void,
): HTMLElement[] {
  const { mortgages = [], leases = [], restrictions = [] } = before;
  const charges = [...mortgages, ...leases];
  const all = (ids: (number | null)[]) => areas_m2.map(() => ids.filter((id) => id !== null));
  const row = (
    what: 'encumbrances' | 'restrictions',
    { id, name, detail }: { id: number | null; name: string; detail: string },
    ids: (number | null)[],
  ) => {
    const cells = areas_m2.map((_, part) => {
      const isLaid = id === null || (operation()[what]?.[part]?.includes(id) ?? true);
      const box = element('input', { type: 'checkbox', checked: isLaid, disabled: id === null });
      box.setAttribute('aria-label', `${name}, ${words('phần', 'part')} ${part + 1}`);
      box.addEventListener('change', () => {
        const now = operation();
        if (id === null) return;
        put({ ...now, [what]: toggled(now[what] ?? all(ids), [part, id], box.checked) });
      });
      return element('td', {}, box);
    });
    const head = element('th', { scope: 'row' }, element('b', {}, name));
    head.append(element('span', { class: 'quiet detail' }, detail));
    return element('tr', {}, head, ...cells);
  };
  const ofCharge = (name: string) => (charge: Charge) =>
    row(
      'encumbrances',
      { id: charge.encumbrance_id, name, detail: chargeDetail(charge) },
      charges.map(({ encumbrance_id }) => encumbrance_id),
    );
  return [
    ...mortgages.map(ofCharge(words('Thế chấp', 'Mortgage'))),
    ...leases.map(ofCharge(words('Cho thuê', 'Lease'))),
    ...restrictions.map(({ restriction_id, content, part }) =>
      row(
        'restrictions',
        {
          id: restriction_id,
          name: words('Hạn chế', 'Restriction'),
          detail: [content, part].filter(Boolean).join(' · '),
        },
        restrictions.map((each) => each.restriction_id),
      ),
    ),
  ];
}

function chargeDetail({ to, contract_no, amount_vnd, part }: Charge): string {
  const contract = `${words('hợp đồng', 'contract')} ${contract_no}`;
  const amount = amount_vnd === null ? null : money(amount_vnd, language());
  return [to, contract, amount, part].filter(Boolean).join(' · ');
}

/** Blocks are nobody's to assign. */
function blocksOf({ blocks = [] }: State): HTMLElement[] {
  return blocks.map(({ letter_no, agency }) => {
    const told = `${words('Ngăn chặn theo', 'Blocked by')} ${letter_no}, ${agency}`;
    return element('p', { class: 'quiet' }, `${told}: ${words('theo mọi phần', 'goes to all parts')}`);
  });
}
