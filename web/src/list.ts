/** The officer's list of dossiers. */

import { element } from './dom.ts';
import { type Choice, type DossierLine, dossiers, type Named, procedureNames } from './dossier.ts';
import { button, choice, field, form } from './form.ts';
import { instant } from './format.ts';
import { named, words } from './i18n.ts';
import type { Appointment } from './officer.ts';
import { told } from './problem.ts';
import { pauseName } from './verbs.ts';

/** Dossiers of the officer's, late ones, or all; `open` is called with the code of the one that is chosen. */
export function dossierList(officer: Appointment, open: (code: string) => void): HTMLElement {
  const rows = element('ul', { class: 'dossiers' });
  const foot = element('div', { 'aria-live': 'polite' });
  let names: Map<string, Named> | null = null;

  const load = async (which: Choice, after: number | null) => {
    foot.replaceChildren(words('Đang tải…', 'Loading…'));
    const wrong = element('div', {});
    await told(wrong, async () => {
      names ??= await procedureNames();
      const { content } = await dossiers(which, officer, after);
      const shown = which === 'mine' ? [...content.dossiers].sort(byDue) : content.dossiers;
      rows.append(...shown.map((line) => rowOf(line, names, open)));
      const { next } = content;
      const more = () => load(which, next);
      foot.replaceChildren(...(next === null ? [] : [button(words('Xem thêm', 'More'), more)]));
      if (rows.childElementCount === 0) foot.replaceChildren(words('Không có hồ sơ nào', 'No dossiers'));
    });
    if (wrong.hasChildNodes()) foot.replaceChildren(wrong);
  };
  const from = (which: Choice) => {
    rows.replaceChildren();
    void load(which, null);
  };

  const choices: [Choice, string][] = [
    ['mine', words('Của tôi', 'Mine')],
    ['late', words('Trễ hạn', 'Late')],
    ['all', words('Tất cả', 'All')],
  ];
  const chooser = choice(words('Hồ sơ', 'Dossiers'), choices, 'mine', from);
  chooser.className = 'chips';
  from('mine');
  return element(
    'section',
    {},
    element('h2', { tabindex: '-1' }, words('Hồ sơ', 'Dossiers')),
    byCode(open),
    chooser,
    rows,
    foot,
  );
}

function byCode(open: (code: string) => void): HTMLElement {
  const code = element('input', { type: 'text', spellcheck: 'false', required: true });
  code.placeholder = 'H29.3-261122-0001';
  const name = words('Mở', 'Open');
  const opened = form(
    name,
    async () => open(code.value.trim()),
    field(words('Mã hồ sơ', 'Dossier’s code'), code),
  );
  opened.className = 'inline';
  return opened;
}

/** Those whose clock runs first, the one that is due first at the top. */
function byDue(one: DossierLine, other: DossierLine): number {
  return (one.due_at ?? '9').localeCompare(other.due_at ?? '9');
}

function rowOf(
  line: DossierLine,
  names: Map<string, Named> | null,
  open: (code: string) => void,
): HTMLElement {
  const { code, procedure, status_vi, status_en, officer } = line;
  // A procedure's code may have the province's after it: 1.012784.H29.
  const rule = names?.get(procedure.split('.').slice(0, 2).join('.'));
  const press = element('button', { type: 'button', class: 'row' });
  press.append(
    element('b', {}, code),
    dueOf(line),
    element('span', { class: 'detail' }, rule ? named(rule) : procedure),
    element(
      'span',
      { class: 'quiet detail' },
      [words(status_vi, status_en), officer].filter(Boolean).join(' · '),
    ),
  );
  press.addEventListener('click', () => open(code));
  return element('li', {}, press);
}

/** When something is due, as a mark: late, when, or why nobody knows. */
export function dueOf({
  is_late,
  due_at,
  paused_for,
}: Pick<DossierLine, 'is_late' | 'due_at' | 'paused_for'>): HTMLElement {
  if (is_late) {
    return element(
      'span',
      { class: 'badge error' },
      `${words('Trễ', 'Late')} · ${due_at ? instant(due_at) : ''}`,
    );
  }
  if (paused_for) return element('span', { class: 'badge warning' }, pauseName(paused_for));
  if (due_at) return element('span', { class: 'badge' }, `${words('Hạn', 'Due')} ${instant(due_at)}`);
  return element('span', { class: 'badge quiet' }, words('chưa tính hạn', 'no due time'));
}
