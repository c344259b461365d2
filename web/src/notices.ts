/** The tax office's notices on a dossier, and the payments on them. */
import { element } from './dom.ts';
import { type Around, type Dossier, dossierPath, type Exchange, type Notice } from './dossier.ts';
import { field, form } from './form.ts';
import { day, dayInVietNam, money } from './format.ts';
import { language, words } from './i18n.ts';
import { amountOf } from './land.ts';
import { ask } from './officer.ts';
import { told } from './problem.ts';

const KINDS: [kind: string, vi: string, en: string][] = [
  ['land-use-fee', 'Tiền sử dụng đất', 'Land-use fee'],
  ['land-rent', 'Tiền thuê đất', 'Land rent'],
  ['registration-fee', 'Lệ phí trước bạ', 'Registration fee'],
  ['personal-income-tax', 'Thuế thu nhập cá nhân', 'Personal income tax'],
  ['other', 'Khoản khác', 'Other'],
];

interface Acting {
  around: Around;
  mayAct: boolean;
}

/** The notices, and the forms of those that officers bring. */
export function noticesOf(
  dossier: Dossier,
  { slips, notices }: Exchange,
  { around, mayAct }: Acting,
): HTMLElement[] {
  if (slips.length === 0 && notices.length === 0) return [];
  const rows = notices.map(rowOf);
  const none = element('li', { class: 'quiet' }, words('Chưa có thông báo', 'No notice yet'));
  const list = element('ul', { class: 'picks' }, ...(rows.length > 0 ? rows : [none]));
  const title = element('h4', {}, words('Thông báo và nộp tiền', 'Notices and payments'));
  const isOpen = dossier.allowed.length > 0;
  const unpaid = notices.filter((notice) => !notice.is_cancelled && !isPaid(notice));
  const forms = [taking(dossier, around), ...(unpaid.length > 0 ? [paying(dossier, unpaid, around)] : [])];
  return [title, list, ...(mayAct && isOpen ? forms : [])];
}

function isPaid({ amount_vnd, paid_vnd }: Notice): boolean {
  return paid_vnd >= amount_vnd;
}

function markOf(notice: Notice): [mark: string, kind: string] {
  if (notice.is_cancelled)
    return [words('không phải nộp: phiếu đã hủy', 'not to pay: slip cancelled'), 'badge'];
  if (isPaid(notice)) return [words('đã nộp đủ', 'paid'), 'badge'];
  return [words('chưa nộp đủ', 'to pay'), 'badge warning'];
}

function rowOf(notice: Notice): HTMLElement {
  const { notice_no, kind, amount_vnd, paid_vnd, issued_on, pay_until } = notice;
  const [, vi, en] = KINDS.find(([own]) => own === kind) ?? [kind, kind, kind];
  const sums = `${money(paid_vnd, language())} / ${money(amount_vnd, language())}`;
  const [mark, colour] = markOf(notice);
  const facts = [
    words(vi, en),
    `${words('đã nộp', 'paid')} ${sums}`,
    `${words('ngày', 'of')} ${day(issued_on)}`,
    pay_until && `${words('hạn', 'until')} ${day(pay_until)}`,
  ];
  return element(
    'li',
    {},
    element('b', {}, `${words('Thông báo', 'Notice')} ${notice_no}`),
    ' ',
    element('span', { class: colour }, mark),
    element('span', { class: 'quiet detail' }, facts.filter(Boolean).join(' · ')),
  );
}

function taking({ code }: Dossier, { again }: Around): HTMLElement {
  const number = element('input', { type: 'text', required: true, maxlength: '100' });
  const options = KINDS.map(([value, vi, en]) => element('option', { value }, words(vi, en)));
  const kind = element('select', {}, ...options);
  const amount = amountInput();
  const issued = element('input', { type: 'date', required: true, value: dayInVietNam(new Date()) });
  const until = element('input', { type: 'date' });
  const wrong = element('div', {});
  const take = async () => {
    const body = {
      kind: kind.value,
      amount_vnd: amountOf(amount.value),
      issued_on: issued.value,
      pay_until: until.value || null,
    };
    const path = dossierPath(code, `/notices/${encodeURIComponent(number.value.trim())}`);
    const isTaken = await told(wrong, async () => {
      await ask(path, { method: 'PUT', body });
    });
    if (isTaken) again();
  };
  const taken = form(
    words('Ghi thông báo', 'Enter it'),
    take,
    field(words('Số thông báo', 'Number'), number),
    field(words('Khoản', 'What for'), kind),
    field(words('Số tiền (đồng)', 'Amount (VND)'), amount),
    field(words('Ngày thông báo', 'Issued on'), issued),
    field(words('Hạn nộp', 'Pay until'), until),
    wrong,
  );
  const name = words('Nhập thông báo của cơ quan thuế', 'Enter a notice of the tax office');
  return element('details', {}, element('summary', {}, name), taken);
}

function paying({ code }: Dossier, unpaid: Notice[], { again }: Around): HTMLElement {
  const options = unpaid.map(({ notice_no }) => element('option', { value: notice_no }, notice_no));
  const notice = element('select', {}, ...options);
  const number = element('input', { type: 'text', required: true, maxlength: '100' });
  const amount = amountInput();
  const paid = element('input', { type: 'date', required: true, value: dayInVietNam(new Date()) });
  const wrong = element('div', {});
  const pay = async () => {
    const body = { notice_no: notice.value, amount_vnd: amountOf(amount.value), paid_on: paid.value };
    const path = dossierPath(code, `/payments/${encodeURIComponent(number.value.trim())}`);
    const isTaken = await told(wrong, async () => {
      await ask(path, { method: 'PUT', body });
    });
    if (isTaken) again();
  };
  const taken = form(
    words('Ghi nộp tiền', 'Enter it'),
    pay,
    field(words('Theo thông báo', 'On notice'), notice),
    field(words('Số giấy nộp tiền', 'Payment’s number'), number),
    field(words('Số tiền nộp (đồng)', 'Amount paid (VND)'), amount),
    field(words('Ngày nộp', 'Paid on'), paid),
    wrong,
  );
  return element('details', {}, element('summary', {}, words('Nhập nộp tiền', 'Enter a payment')), taken);
}

/** An amount in whole đồng. */
function amountInput(): HTMLInputElement {
  const input = element('input', { type: 'text', inputmode: 'numeric', required: true });
  input.addEventListener('input', () => {
    const amount = amountOf(input.value);
    const isGood = amount !== null && Number.isSafeInteger(amount) && amount >= 0;
    input.setCustomValidity(isGood ? '' : words('Số đồng, không có phần lẻ', 'Whole đồng'));
  });
  return input;
}
