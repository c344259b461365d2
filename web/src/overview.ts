/** A head's page: what is open, due, late and paused, by branch and officer, and the late dossiers. */
import './page.css';
import { byId, element } from './dom.ts';
import type { DossierLine } from './dossier.ts';
import { button } from './form.ts';
import { count, instant } from './format.ts';
import { language, onLanguage, switchLanguage, translatePage, words } from './i18n.ts';
import { ask } from './officer.ts';
import { told } from './problem.ts';
import { whenSignedIn } from './signin.ts';

interface Counts {
  open: number;
  waiting: number;
  due_soon: number;
  late: number;
  paused: number;
  done: number;
  done_late: number;
}

interface Overview {
  at: string;
  totals: Counts;
  branches: (Counts & { branch: string; officers: (Counts & { officer: string | null })[] })[];
  late: DossierLine[];
}

/** In the order in which they are shown: Vietnamese, English. */
const COUNTS: [keyof Counts, string, string][] = [
  ['open', 'Đang giải quyết', 'Open'],
  ['waiting', 'Chờ tiếp nhận', 'To receive'],
  ['due_soon', 'Sắp đến hạn', 'Due soon'],
  ['late', 'Trễ hạn', 'Late'],
  ['paused', 'Tạm dừng', 'Paused'],
  ['done', 'Xong 30 ngày', 'Done, 30 days'],
  ['done_late', 'Xong nhưng trễ', 'Done late'],
];

const page = byId('page');

onLanguage(translatePage);
byId('language').addEventListener('click', switchLanguage);
void whenSignedIn(page, () => {
  let isFirst = true;
  void load();
  onLanguage(() => {
    if (!isFirst) void load();
    isFirst = false;
  });
});

async function load(): Promise<void> {
  const wrong = element('div', {});
  page.replaceChildren(title(), element('p', { role: 'status' }, words('Đang tải…', 'Loading…')));
  const isLoaded = await told(wrong, async () => {
    const { content } = await ask<Overview>('api/v1/desk/overview');
    page.replaceChildren(title(), ...shown(content));
  });
  if (!isLoaded) page.replaceChildren(title(), wrong);
}

function title(): HTMLElement {
  return element('h2', {}, words('Tổng quan hồ sơ', 'Dossiers at a glance'));
}

function shown({ at, totals, branches, late }: Overview): HTMLElement[] {
  const cards = COUNTS.map(([key, vi, en]) => {
    const isBad = key === 'late' && totals.late > 0;
    const value = element('b', {}, count(totals[key], language()));
    return element('li', isBad ? { class: 'late' } : {}, value, element('span', {}, words(vi, en)));
  });
  const counted = `${words('Tính lúc', 'Counted at')} ${instant(at)} `;
  return [
    element('p', { class: 'quiet' }, counted, button(words('Tính lại', 'Again'), load, 'small')),
    element('ul', { class: 'totals' }, ...cards),
    element('h3', {}, words('Theo chi nhánh và cán bộ', 'By branch and officer')),
    loadsOf(branches),
    element('h3', {}, words('Hồ sơ trễ hạn', 'Late dossiers')),
    lateOf(late),
  ];
}

function loadsOf(branches: Overview['branches']): HTMLElement {
  if (branches.length === 0)
    return element('p', { class: 'quiet' }, words('Chưa có hồ sơ nào', 'No dossiers yet'));
  const names = COUNTS.map(([, vi, en]) => element('th', { scope: 'col' }, words(vi, en)));
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, words('Chi nhánh, cán bộ', 'Branch, officer')),
    ...names,
  );
  const rows = branches.flatMap((branch) => [
    rowOf(branch.branch, branch, 'branch'),
    ...branch.officers.map((load) => rowOf(load.officer ?? words('chưa phân công', 'nobody yet'), load, '')),
  ]);
  const table = element(
    'table',
    { class: 'loads' },
    element('thead', {}, head),
    element('tbody', {}, ...rows),
  );
  const name = words('Theo chi nhánh và cán bộ', 'By branch and officer');
  return element('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': name }, table);
}

function rowOf(name: string, counts: Counts, kind: string): HTMLElement {
  const cells = COUNTS.map(([key]) => {
    const isBad = counts[key] > 0 && (key === 'late' || key === 'done_late');
    return element('td', isBad ? { class: 'some' } : {}, count(counts[key], language()));
  });
  return element('tr', { class: kind }, element('th', { scope: 'row' }, name), ...cells);
}

function lateOf(late: DossierLine[]): HTMLElement {
  if (late.length === 0)
    return element('p', { class: 'quiet' }, words('Không có hồ sơ trễ hạn', 'None is late'));
  const rows = late.map(({ code, due_at, branch, officer, status_vi, status_en }) => {
    const href = `/desk?dossier=${encodeURIComponent(code)}`;
    const due = element(
      'span',
      { class: 'badge error' },
      `${words('Hạn', 'Due')} ${due_at ? instant(due_at) : ''}`,
    );
    const rest = [words(status_vi, status_en), branch, officer ?? words('chưa phân công', 'nobody yet')];
    const detail = element('span', { class: 'quiet detail' }, rest.join(' · '));
    return element('li', {}, element('a', { href }, code), ' ', due, detail);
  });
  return element('ul', { class: 'picks' }, ...rows);
}
