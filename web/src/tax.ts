/** What a dossier and the tax office tell each other: slips, notices, payments. */
import { element } from './dom.ts';
import { type Around, type Dossier, dossierPath, type Exchange } from './dossier.ts';
import { field, form } from './form.ts';
import { day, instant, money } from './format.ts';
import { language, words } from './i18n.ts';
import { numberOf } from './land.ts';
import { ask } from './officer.ts';
import { told } from './problem.ts';

const STATES: Record<string, [string, string]> = {
  sent: ['đã gửi', 'sent'],
  acknowledged: ['thuế đã nhận', 'acknowledged'],
  corrected: ['đã thay bằng phiếu sau', 'corrected'],
  cancelled: ['đã hủy', 'cancelled'],
};

export function taxOf(dossier: Dossier, { slips, notices }: Exchange, around: Around): HTMLElement {
  const sent = slips.map(({ slip_no, state, sent_at, sent_by }) => {
    const [vi, en] = STATES[state] ?? [state, state];
    const name = `${words('Phiếu chuyển số', 'Slip')} ${slip_no}`;
    return element('li', {}, `${name} · ${words(vi, en)} · ${sent_by} · ${instant(sent_at)}`);
  });
  const answered = notices.map(({ notice_no, amount_vnd, paid_vnd, pay_until, is_cancelled }) => {
    const sums = `${money(paid_vnd, language())} / ${money(amount_vnd, language())}`;
    const until = pay_until ? ` · ${words('hạn', 'until')} ${day(pay_until)}` : '';
    const name = `${words('Thông báo', 'Notice')} ${notice_no}`;
    const ended = is_cancelled
      ? ` · ${words('không phải nộp: phiếu đã hủy', 'not to pay: slip cancelled')}`
      : '';
    return element('li', {}, `${name} · ${words('đã nộp', 'paid')} ${sums}${until}${ended}`);
  });
  const rows = [...sent, ...answered];
  const none = element('li', { class: 'quiet' }, words('Chưa chuyển thuế', 'Nothing sent'));
  const list = element('ul', { class: 'picks' }, ...(rows.length > 0 ? rows : [none]));
  const maySend = dossier.allowed.includes('send-to-tax') && around.officer.duties.includes('tax');
  return element('div', {}, list, ...(maySend ? [sending(dossier, around)] : []));
}

function sending({ code }: Dossier, { again }: Around): HTMLElement {
  const price = element('input', { type: 'text', inputmode: 'numeric' });
  const road = element('input', { type: 'text', maxlength: '200' });
  const position = element('input', { type: 'text', maxlength: '200' });
  const exemption = element('input', { type: 'text', maxlength: '200' });
  price.addEventListener('input', () => {
    const isGood = price.value.trim() === '' || Number.isSafeInteger(priceOf(price.value));
    price.setCustomValidity(isGood ? '' : words('Số đồng, không có phần lẻ', 'Whole đồng'));
  });
  const wrong = element('div', {});
  const send = async () => {
    const body = {
      contract_price_vnd: priceOf(price.value),
      road: road.value.trim() || null,
      position: position.value.trim() || null,
      exemption: exemption.value.trim() || null,
    };
    const path = dossierPath(code, '/tax-slips');
    const isSent = await told(wrong, async () => {
      await ask(path, { method: 'POST', body });
    });
    if (isSent) again();
  };
  const sent = form(
    words('Gửi cơ quan thuế', 'Send'),
    send,
    field(words('Giá hợp đồng (đồng)', 'Contract price (VND)'), price),
    field(words('Tên đường, đoạn đường', 'Road'), road),
    field(words('Vị trí', 'Position'), position),
    field(words('Miễn, giảm', 'Exemption'), exemption),
    wrong,
  );
  const name = words('Chuyển thông tin cho cơ quan thuế', 'Send a slip to the tax office');
  return element('details', {}, element('summary', {}, name), sent);
}

/** `1.200.000.000` as a number. */
function priceOf(typed: string): number | null {
  return numberOf(typed.replaceAll(/\s/g, ''));
}
