/** What a dossier and the tax office tell each other: slips, with what the office says of them. */
import { element } from './dom.ts';
import { type Around, type Dossier, dossierPath, type Exchange, type Slip } from './dossier.ts';
import { button, field, form } from './form.ts';
import { instant } from './format.ts';
import { words } from './i18n.ts';
import { amountOf } from './land.ts';
import { noticesOf } from './notices.ts';
import { ask, askFile } from './officer.ts';
import { told } from './problem.ts';

const STATES: Record<string, [string, string]> = {
  sent: ['đã gửi', 'sent'],
  acknowledged: ['thuế đã nhận', 'acknowledged'],
  corrected: ['đã thay bằng phiếu sau', 'corrected'],
  cancelled: ['đã hủy', 'cancelled'],
};

/** Whether the tax office has, or gets, the slip and has not answered it. */
function isWaiting({ state }: Slip): boolean {
  return state === 'sent' || state === 'acknowledged';
}

export function taxOf(dossier: Dossier, exchange: Exchange, around: Around): HTMLElement {
  const { slips } = exchange;
  const mayAct = around.officer.duties.includes('tax');
  const rows = slips.map((slip) => slipOf(dossier, slip, { around, mayAct }));
  const none = element('li', { class: 'quiet' }, words('Chưa chuyển thuế', 'Nothing sent'));
  const list = element('ul', { class: 'picks' }, ...(rows.length > 0 ? rows : [none]));
  // A slip that waits for its answer is corrected by another.
  const sent = dossier.step.code === 'tax' && slips.some(isWaiting);
  const maySend = mayAct && (sent || dossier.allowed.includes('send-to-tax'));
  return element(
    'div',
    {},
    list,
    ...(maySend ? [sending(dossier, sent, around)] : []),
    ...noticesOf(dossier, exchange, { around, mayAct }),
  );
}

interface Acting {
  around: Around;
  mayAct: boolean;
}

function slipOf({ code, allowed }: Dossier, slip: Slip, { around, mayAct }: Acting): HTMLElement {
  const { slip_no, state, detail, sent_at, sent_by } = slip;
  const [vi, en] = STATES[state] ?? [state, state];
  const name = `${words('Phiếu chuyển số', 'Slip')} ${slip_no}`;
  const path = dossierPath(code, `/tax-slips/${slip_no}`);
  const wrong = element('div', {});
  const save = () => told(wrong, () => askFile(`${path}/slip.pdf`, `phieu-chuyen-${code}-${slip_no}.pdf`));
  const print = button('PDF', save, 'small');
  print.setAttribute('aria-label', `${name} (PDF)`);
  const row = element(
    'li',
    {},
    element('b', {}, name),
    ' ',
    element('span', { class: state === 'cancelled' ? 'badge warning' : 'badge' }, words(vi, en)),
    ' ',
    print,
    element(
      'span',
      { class: 'quiet detail' },
      [sent_by, instant(sent_at), detail].filter(Boolean).join(' · '),
    ),
  );
  const act = async (what: string, body: unknown) => {
    const isDone = await told(wrong, async () => {
      await ask(`${path}/${what}`, { method: 'POST', body });
    });
    if (isDone) around.again();
  };
  if (mayAct && state === 'sent') row.append(acknowledging(act));
  if (mayAct && isWaiting(slip) && allowed.includes('recall')) row.append(cancelling(act));
  row.append(wrong);
  return row;
}

type Act = (what: string, body: unknown) => Promise<void>;

function acknowledging(act: Act): HTMLElement {
  const reference = element('input', { type: 'text', maxlength: '100' });
  const name = words('Thuế đã nhận phiếu', 'The tax office has it');
  const taken = form(
    words('Ghi nhận', 'Note it'),
    () => act('acknowledge', { reference: reference.value.trim() || null }),
    field(words('Số hồ sơ của cơ quan thuế', 'The tax office’s number'), reference),
  );
  return element('details', {}, element('summary', {}, name), taken);
}

function cancelling(act: Act): HTMLElement {
  const reason = element('textarea', { rows: '2', required: true, maxlength: '1000' });
  const taken = form(
    words('Hủy phiếu', 'Cancel it'),
    () => act('cancel', { reason: reason.value.trim() }),
    field(words('Lý do hủy', 'Why'), reason),
  );
  return element('details', {}, element('summary', {}, words('Hủy phiếu này', 'Cancel this slip')), taken);
}

/** The form of a slip; of one that corrects another, with the reason. */
function sending({ code }: Dossier, isCorrection: boolean, { again }: Around): HTMLElement {
  const price = element('input', { type: 'text', inputmode: 'numeric' });
  const texts: [member: string, vi: string, en: string][] = [
    ['road', 'Tên đường, đoạn đường', 'Road'],
    ['position', 'Vị trí', 'Position'],
    ['papers', 'Giấy tờ về nguồn gốc', 'Papers of origin'],
    ['exemption', 'Miễn, giảm', 'Exemption'],
    ['assets', 'Nhà và tài sản khác', 'House and other assets'],
    ['legal_basis', 'Căn cứ pháp lý', 'Law that it rests on'],
  ];
  const inputs = texts.map(([member, vi, en]) => {
    const input = element('input', { type: 'text', maxlength: '200' });
    return { member, input, row: field(words(vi, en), input) };
  });
  const reason = element('textarea', { rows: '2', required: isCorrection, maxlength: '1000' });
  price.addEventListener('input', () => {
    const isGood = price.value.trim() === '' || Number.isSafeInteger(amountOf(price.value));
    price.setCustomValidity(isGood ? '' : words('Số đồng, không có phần lẻ', 'Whole đồng'));
  });
  const wrong = element('div', {});
  const send = async () => {
    const said = inputs.map(({ member, input }) => [member, input.value.trim() || null]);
    const body = {
      ...Object.fromEntries(said),
      contract_price_vnd: amountOf(price.value),
      reason: isCorrection ? reason.value.trim() : null,
    };
    const isSent = await told(wrong, async () => {
      await ask(dossierPath(code, '/tax-slips'), { method: 'POST', body });
    });
    if (isSent) again();
  };
  const sent = form(
    words('Gửi cơ quan thuế', 'Send'),
    send,
    ...(isCorrection ? [field(words('Lý do sửa', 'Why it is corrected'), reason)] : []),
    field(words('Giá hợp đồng (đồng)', 'Contract price (VND)'), price),
    ...inputs.map(({ row }) => row),
    wrong,
  );
  const name = isCorrection
    ? words('Gửi phiếu thay phiếu đã gửi', 'Correct the slip that was sent')
    : words('Chuyển thông tin cho cơ quan thuế', 'Send a slip to the tax office');
  return element('details', {}, element('summary', {}, name), sent);
}
