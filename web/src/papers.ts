/** The papers of a dossier: read, and attached. */
import { element } from './dom.ts';
import { type Around, type Dossier, dossierPath, type Paper } from './dossier.ts';
import { button, field, form } from './form.ts';
import { count, instant } from './format.ts';
import { language, words } from './i18n.ts';
import { askFile, sendFile } from './officer.ts';
import { told } from './problem.ts';

/** The kinds of papers that offices attach: code, Vietnamese, English. */
const KINDS: [code: string, vi: string, en: string][] = [
  ['GTLQ', 'Giấy tờ liên quan khác', 'Other papers'],
  ['HDCQ', 'Hợp đồng chuyển quyền', 'Contract of transfer'],
  ['HDTHC', 'Hợp đồng thế chấp', 'Contract of mortgage'],
  ['GCN', 'Giấy chứng nhận', 'Certificate'],
  ['PKTHS', 'Phiếu kiểm tra hồ sơ', 'Check of the dossier'],
  ['PXNKQDD', 'Phiếu xác nhận kết quả đo đạc', 'Confirmation of a survey'],
  ['PLYKDC', 'Phiếu lấy ý kiến khu dân cư', 'Opinion of the residents'],
  ['QDTT', 'Quyết định tách, hợp thửa', 'Decision on a split or merge'],
  ['PCT', 'Phiếu chuyển thông tin thuế', 'Tax slip'],
];

/** The kinds of papers, to choose from. */
export function kindsOfPapers(): HTMLElement[] {
  return KINDS.map(([value, vi, en]) => element('option', { value }, words(vi, en)));
}

export function papersOf(dossier: Dossier, papers: Paper[], around: Around): HTMLElement {
  const { code } = dossier;
  const wrong = element('div', {});
  const rows = papers.map(({ ordinal, name, size_bytes, attached_by, attached_at }) => {
    const save = () => told(wrong, () => askFile(dossierPath(code, `/attachments/${ordinal}`), name));
    const size = `${count(Math.ceil(size_bytes / 1024), language())} KB`;
    return element(
      'li',
      {},
      button(name, save, 'small'),
      ` ${size} · ${attached_by} · ${instant(attached_at)}`,
    );
  });
  const none = element('li', { class: 'quiet' }, words('Chưa có giấy tờ', 'None yet'));
  const list = element('ul', { class: 'picks' }, ...(rows.length > 0 ? rows : [none]));
  const { duties } = around.officer;
  const mayAttach = duties.includes('file') || duties.includes('handle');
  const isReceipt = dossier.received_at !== null && duties.includes('file');
  const receipt = isReceipt ? [receiptOf(code, wrong)] : [];
  return element('div', {}, list, ...receipt, wrong, ...(mayAttach ? [attaching(code, around)] : []));
}

/** What the applicant gets: the receipt, with the day of the result. */
function receiptOf(code: string, wrong: HTMLElement): HTMLElement {
  const path = dossierPath(code, '/receipt.pdf');
  const save = () => told(wrong, () => askFile(path, `giay-tiep-nhan-${code}.pdf`));
  const name = words('Giấy tiếp nhận và hẹn trả (PDF)', 'Receipt (PDF)');
  return element('div', { class: 'buttons' }, button(name, save));
}

function attaching(code: string, { again }: Around): HTMLElement {
  const kind = element('select', {}, ...kindsOfPapers());
  const file = element('input', { type: 'file', accept: '.pdf,.jpg,.jpeg,.png', required: true });
  const wrong = element('div', {});
  const attach = async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    const about = new URLSearchParams({ kind: kind.value, name: chosen.name });
    if (await told(wrong, () => sendFile(dossierPath(code, `/attachments?${about}`), chosen))) again();
  };
  const hint = words('PDF, JPEG hoặc PNG, tối đa 20 MB', 'PDF, JPEG or PNG, 20 MB at most');
  const sent = form(
    words('Đính kèm', 'Attach'),
    attach,
    field(words('Loại giấy tờ', 'Kind'), kind),
    field(words('Tệp', 'File'), file, hint),
    wrong,
  );
  return element('details', {}, element('summary', {}, words('Đính kèm giấy tờ', 'Attach a paper')), sent);
}
