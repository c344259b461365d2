/** A problem of the server's, in words: what its code means, what happened this time, and what to do. */
import { BASE, Problem } from './api.ts';
import { element } from './dom.ts';
import { instant } from './format.ts';
import { language, text, words } from './i18n.ts';
import { type Report, reportOf } from './report.ts';
import { verbName } from './verbs.ts';

interface Reservation {
  dossier: string;
  officer: string | null;
  due_at: string | null;
}

interface Difference {
  parcel: string;
  changed: string[];
}

/** A box that tells a problem; the explanation of its code comes in from the problem's own address. */
export function problemOf(problem: Problem, seePlace?: (x: number, y: number) => void): HTMLElement {
  const { status, detail, body } = problem;
  const title = element('b', { class: 'title' }, titleOf(status));
  const said = element('p', { class: 'quiet', lang: 'en' }, detail);
  const box = element('div', { class: 'problem', role: 'alert' }, title, ...moreOf(body));
  if (status === 0 || status === 401) return box;
  // The report says in the reader's language what the detail only sums up.
  if (body.report) box.append(reportOf(body.report as Report, seePlace));
  else box.append(said);
  void explained(body.type).then((explanation) => {
    if (explanation) title.textContent = explanation;
  });
  return box;
}

/** Runs what may fail; what is wrong is shown in `place`. Gives whether it went well. */
export async function told(place: HTMLElement, work: () => Promise<void>): Promise<boolean> {
  place.replaceChildren();
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    place.replaceChildren(problemOf(error));
    return false;
  }
}

function titleOf(status: number): string {
  if (status === 0) return text('serverUnreachable');
  if (status === 401) {
    return words(
      'Mã truy cập không đúng, đã hết hạn hoặc bị thu hồi',
      'The token is wrong, has expired or was revoked',
    );
  }
  if (status >= 500) return text('serverFault');
  return words('Không thực hiện được', 'This cannot be done');
}

/** What the code means: the entry of the list of problems that the problem's type is the address of. */
async function explained(type: string | undefined): Promise<string | null> {
  if (!type?.startsWith('/docs/problems#')) return null;
  const [path = '', code = ''] = type.slice(1).split('#');
  const page = await fetch(new URL(path, BASE)).catch(() => null);
  if (!page?.ok) return null;
  const list = new DOMParser().parseFromString(await page.text(), 'text/html');
  const entry = list.getElementById(code);
  const inLanguage = language() === 'vi' ? 'dd:not([lang])' : 'dd[lang=en]';
  return entry?.querySelector(inLanguage)?.textContent ?? null;
}

function moreOf({ allowed, reserved_by, differences }: Record<string, unknown>): HTMLElement[] {
  const lines: string[] = [];
  if (Array.isArray(allowed)) {
    lines.push(
      `${words('Được phép', 'Allowed')}: ${allowed.map((verb) => verbName(String(verb))).join(', ')}`,
    );
  }
  if (reserved_by) {
    const { dossier, officer, due_at } = reserved_by as Reservation;
    const until = due_at && `${words('đến', 'until')} ${instant(due_at)}`;
    lines.push([`${words('Hồ sơ', 'Dossier')} ${dossier}`, officer, until].filter(Boolean).join(' · '));
  }
  if (Array.isArray(differences)) {
    const parcels = (differences as Difference[]).map(
      ({ parcel, changed }) => `${words('Thửa', 'Parcel')} ${parcel}: ${changed.join(', ')}`,
    );
    lines.push(...parcels);
  }
  return lines.map((line) => element('p', {}, line));
}
