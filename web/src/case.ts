/** A dossier as an officer works on it: where it stands, the next step, parcels, plan, papers, tax, what was done. */
import { BASE, type Parcel, parcel as parcelOf } from './api.ts';
import { element } from './dom.ts';
import { type Around, type Dossier, dossierPath, type Exchange, type Paper, type Plan } from './dossier.ts';
import { button, choice, facts, field, form } from './form.ts';
import { area, decimals, instant } from './format.ts';
import { language, named, words } from './i18n.ts';
import { isOffered } from './land.ts';
import { dueOf } from './list.ts';
import { ask } from './officer.ts';
import { papersOf } from './papers.ts';
import { postingsOf } from './postings.ts';
import { told } from './problem.ts';
import { type Report, reportOf } from './report.ts';
import { taxOf } from './tax.ts';
import { isPauseOfStep, needsReason, ownSteps, pauseName, verbName } from './verbs.ts';

/** A dossier, read and shown. */
export async function caseOf(code: string, around: Around): Promise<HTMLElement> {
  const { content: dossier, etag } = await ask<Dossier>(dossierPath(code));
  // What is planned names persons, whom not everybody may read of who sees dossiers.
  const hasPlan = dossier.steps.some(({ verb }) => verb === 'plan') && around.officer.duties.includes('read');
  const plan = hasPlan ? (await ask<Plan>(dossierPath(code, '/plan'))).content : null;
  const done = plan?.approval ? await changesOf(code) : null;
  const exchange = await ask<Exchange>(dossierPath(code, '/tax-slips'));
  const papers = await ask<{ attachments: Paper[] }>(dossierPath(code, '/attachments'));
  return element(
    'article',
    { class: 'case' },
    headOf(dossier),
    stepsOf(dossier, { etag, plan }, around),
    factsOf(dossier),
    parcelsOf(dossier, { etag, plan, done }, around),
    planOf(plan, done, around),
    part(words('Giấy tờ', 'Papers'), papersOf(dossier, papers.content.attachments, around)),
    part(words('Thuế', 'Tax'), taxOf(dossier, exchange.content, around)),
    part(words('Niêm yết', 'Lists for objections'), postingsOf(dossier, around)),
    pastOf(dossier),
  );
}

/** What came of a dossier's plan, with the ids of the parcels that it made. */
async function changesOf(code: string): Promise<Report | null> {
  const { content } = await ask<{ changes: { report: Report }[] }>(dossierPath(code, '/changes'));
  return content.changes.at(-1)?.report ?? null;
}

function part(name: string, ...content: (Node | string)[]): HTMLElement {
  return element('section', {}, element('h3', {}, name), ...content);
}

function headOf(dossier: Dossier): HTMLElement {
  return element(
    'header',
    {},
    element('h2', { tabindex: '-1' }, dossier.code),
    element('p', {}, named(dossier.procedure)),
    element(
      'p',
      { class: 'marks' },
      element('span', { class: 'badge' }, named(dossier.step)),
      ' ',
      // Why the clock stands is what such steps are called.
      isPauseOfStep(dossier.paused_for)
        ? element('span', { class: 'badge warning' }, words('thời hạn đang dừng', 'the clock stands'))
        : dueOf(dossier),
    ),
  );
}

function factsOf(dossier: Dossier): HTMLElement {
  const { applicant, received_at, worked_minutes, days } = dossier;
  const who = [applicant.name, applicant.no, applicant.phone].filter(Boolean).join(' · ');
  const worked = worked_minutes === null ? null : hours(worked_minutes);
  return part(
    words('Thông tin', 'Facts'),
    facts([
      [words('Người nộp', 'Applicant'), who],
      [words('Nội dung', 'What is wanted'), dossier.summary],
      [words('Thụ lý', 'Officer'), dossier.officer ?? words('chưa phân công', 'nobody yet')],
      [words('Chi nhánh', 'Branch'), dossier.branch],
      [words('Tiếp nhận', 'Received'), received_at && instant(received_at)],
      [words('Thời hạn', 'Time'), days === null ? null : `${days} ${words('ngày làm việc', 'working days')}`],
      [words('Đã làm', 'Worked'), worked],
      [words('Căn cứ', 'Source'), dossier.deadline_source],
    ]),
    ...dossier.reserved_by.map(({ dossier: other, officer, due_at }) => {
      const until = due_at && `${words('đến', 'until')} ${instant(due_at)}`;
      const line = [`${words('Thửa đang do hồ sơ giữ', 'Reserved by dossier')} ${other}`, officer, until];
      return element('p', { class: 'problem' }, line.filter(Boolean).join(' · '));
    }),
  );
}

/** Minutes of office time, in hours. */
function hours(minutes: number): string {
  return `${decimals(minutes / 60, 1, language())} ${words('giờ làm việc', 'working hours')}`;
}

/** The step that comes next: those that the dossier allows and the officer may take. */
function stepsOf(
  dossier: Dossier,
  { etag, plan }: { etag: string | null; plan: Plan | null },
  { officer, again }: Around,
): HTMLElement {
  const title = words('Bước tiếp theo', 'Next step');
  const steps = ownSteps(dossier.allowed, officer.steps, dossier.paused_for !== null);
  if (steps.length === 0) return part(title, element('p', { class: 'quiet' }, nothing(dossier)));

  let chosen = '';
  const reason = element('textarea', { rows: '2', maxlength: '2000' });
  const reasonField = field(words('Lý do', 'Reason'), reason);
  const who = element('input', { type: 'text', value: officer.name, spellcheck: 'false' });
  const whoField = field(words('Giao cho', 'To'), who);
  const put = (verb: string) => {
    chosen = verb;
    reason.required = needsReason(verb);
    reasonField.hidden = verb === 'assign';
    whoField.hidden = verb !== 'assign';
    who.required = verb === 'assign';
  };
  const wrong = element('div', {});
  const take = async () => {
    await told(wrong, async () => {
      // Who approves a dossier with a plan approves that plan, as it was read.
      if (chosen === 'approve' && plan && !plan.approval) {
        await ask(dossierPath(dossier.code, '/plan/approve'), {
          method: 'POST',
          body: { sha256: plan.sha256 },
        });
      } else {
        const headers: Record<string, string> = etag ? { 'if-match': etag } : {};
        const body =
          chosen === 'assign' ? { officer: who.value.trim() } : { reason: reason.value.trim() || null };
        await ask(dossierPath(dossier.code, `/steps/${chosen}`), { method: 'POST', body, headers });
      }
      again();
    });
  };
  const options: [string, string][] = steps.map((verb) => [verb, verbName(verb)]);
  const chooser = choice(title, options, null, put);
  for (const input of chooser.querySelectorAll('input')) input.required = true;
  chooser.classList.add('steps');
  reasonField.hidden = true;
  whoField.hidden = true;
  const taking = form(words('Thực hiện', 'Do it'), take, chooser, whoField, reasonField, wrong);
  return element('section', { class: 'next' }, taking);
}

function nothing({ allowed }: Dossier): string {
  return allowed.length === 0
    ? words('Hồ sơ đã kết thúc.', 'The dossier has ended.')
    : `${words('Việc của người khác', 'Others do what comes next')}: ${allowed.map(verbName).join(', ')}.`;
}

function parcelsOf(
  dossier: Dossier,
  { etag, plan, done }: { etag: string | null; plan: Plan | null; done: Report | null },
  around: Around,
): HTMLElement {
  const ids = parcelsNow(dossier, done);
  const list = element('ul', { class: 'picks' });
  const mayPlan = dossier.allowed.includes('plan') && around.officer.duties.includes('plan');
  const planned = plan && !plan.approval ? plan.operations : [];
  const isKnown = planned.every(({ kind }) => isOffered(kind));
  const make = () => around.plan(etag, dossier.parcels, isKnown ? planned : []);
  const tool = mayPlan ? [button(words('Lập phương án', 'Make the plan'), make)] : [];
  void currentOf(ids).then((found) => {
    const current = found.filter((one) => one !== null);
    around.show(current);
    const rows = found.map((one, index) => (one ? parcelRow(one, around) : endedRow(ids[index] ?? 0)));
    const none = element('li', { class: 'quiet' }, words('Chưa có thửa nào', 'None yet'));
    list.replaceChildren(...(rows.length > 0 ? rows : [none]));
  });
  const lost = words(
    'Phương án đã lưu có biến động mà trang này không sửa được: lập ở đây là lập lại từ đầu.',
    'The stored plan has operations that this page cannot change: here it is made anew.',
  );
  const warning = mayPlan && !isKnown ? [element('p', { class: 'quiet' }, lost)] : [];
  return part(words('Thửa đất', 'Parcels'), list, element('div', { class: 'buttons' }, ...tool), ...warning);
}

/** The parcels that a dossier is about: after its plan was carried out those that came of it. */
function parcelsNow({ parcels }: Dossier, done: Report | null): number[] {
  if (!done) return parcels;
  const ended = done.retired.map(({ parcel_id }) => parcel_id);
  const made = done.made.flatMap(({ parcel_id }) => parcel_id ?? []);
  return [...parcels.filter((id) => !ended.includes(id)), ...made];
}

function currentOf(ids: number[]): Promise<(Parcel | null)[]> {
  const { signal } = new AbortController();
  return Promise.all(ids.map((id) => parcelOf(id, signal).catch(() => null)));
}

function parcelRow(parcel: Parcel, { show }: Around): HTMLElement {
  const { sheet_no, parcel_no, land_use, legal_area_m2, computed_area_m2, commune } = parcel;
  const name = `${words('Tờ', 'Sheet')} ${sheet_no} ${words('thửa', 'parcel')} ${parcel_no}`;
  const press = button(name, () => show([parcel]), 'small');
  press.title = words('Xem trên bản đồ', 'Show on the map');
  const uses = land_use.map(({ code }) => code).join('+');
  const size = area(legal_area_m2 ?? computed_area_m2, language());
  return element('li', {}, press, ` ${commune.name} · ${uses} · ${size}`);
}

function endedRow(id: number): HTMLElement {
  const href = new URL(`parcels/${id}/timeline`, BASE).href;
  const link = element('a', { href }, words('lịch sử', 'timeline'));
  return element('li', { class: 'quiet' }, words('Thửa không còn hiện hành: ', 'No longer current: '), link);
}

function planOf(plan: Plan | null, done: Report | null, { sketch }: Around): HTMLElement {
  const title = words('Phương án', 'Plan');
  if (!plan) return part(title, element('p', { class: 'quiet' }, words('Chưa có phương án', 'None yet')));
  const { approval } = plan;
  if (!approval) sketch(plan);
  const state = approval
    ? `${words('Đã phê duyệt', 'Approved')}: ${approval.approver} · ${instant(approval.at)} · ${words('biến động số', 'entry')} ${approval.operation_id}`
    : words('Chưa phê duyệt', 'Not approved yet');
  return part(
    title,
    facts([
      [words('Lần lập', 'Version'), `${plan.plan_no} · ${plan.planned_by} · ${instant(plan.planned_at)}`],
      [words('Tình trạng', 'State'), state],
      [words('Mã băm', 'Digest'), element('code', {}, `${plan.sha256.slice(0, 16)}…`)],
    ]),
    reportOf(done ?? plan.report),
  );
}

function pastOf({ steps, pauses }: Dossier): HTMLElement {
  const taken = [...steps].reverse().map(({ verb, by, on_behalf_of, reason, at }) => {
    const who = on_behalf_of ? `${by} (${words('thay', 'for')} ${on_behalf_of})` : by;
    const line = element('li', {}, element('b', {}, verbName(verb)), ` · ${who} · ${instant(at)}`);
    if (reason) line.append(element('span', { class: 'quiet detail' }, reason));
    return line;
  });
  const stood = pauses.map(({ from, until, reason }) => {
    const end = until ? instant(until) : words('đến nay', 'until now');
    return element('li', {}, `${pauseName(reason)}: ${instant(from)} – ${end}`);
  });
  const clock =
    stood.length > 0 ? [element('h4', {}, words('Thời gian không tính', 'Time that does not count'))] : [];
  return part(
    words('Đã làm', 'What was done'),
    element('ol', { class: 'past' }, ...taken),
    ...clock,
    element('ul', { class: 'picks' }, ...stood),
  );
}
