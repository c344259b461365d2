/** The form of a transfer: who gives, who takes how much, by which paper. */
import { element } from './dom.ts';
import { field } from './form.ts';
import { dayInVietNam } from './format.ts';
import { words } from './i18n.ts';
import type { ParcelRef, Transfer } from './land.ts';

/** Somebody who holds land. */
export interface Holder {
  party_id: number;
  name: string;
  share: string;
}

/** The changes by which land goes from one to another: code, Vietnamese, English. */
const CHANGES: [code: string, vi: string, en: string][] = [
  ['CN', 'Chuyển nhượng', 'Sale'],
  ['TA', 'Tặng cho', 'Gift'],
  ['TK', 'Thừa kế', 'Inheritance'],
  ['CD', 'Chuyển đổi', 'Exchange'],
  ['GP', 'Góp vốn', 'Contribution'],
  ['VC', 'Nhập, chia quyền của vợ chồng', 'Spouses join or divide'],
  ['TQ', 'Nhập, chia quyền của hộ, nhóm người', 'Household or group joins or divides'],
  ['GA', 'Theo bản án, quyết định của Tòa án', 'Judgment of a court'],
];

const KINDS: [kind: string, vi: string, en: string][] = [
  ['individual', 'Cá nhân', 'Individual'],
  ['couple', 'Vợ chồng', 'Couple'],
  ['organisation', 'Tổ chức', 'Organisation'],
  ['community', 'Cộng đồng dân cư', 'Community'],
];

const OLD_CERTIFICATES: [value: string, vi: string, en: string][] = [
  ['', 'Chưa xử lý', 'Nothing yet'],
  ['annotate', 'Xác nhận thay đổi, trao cho bên nhận', 'Note the change on it, and hand it over'],
  ['withdraw', 'Thu hồi', 'Withdraw it'],
];

export function changeName(code: string): string {
  const [, vi, en] = CHANGES.find(([own]) => own === code) ?? [code, code, code];
  return words(vi, en);
}

type Options = [value: string, vi: string, en: string][];

export class TransferForm {
  readonly place = element('div', {});
  private readonly by = element('select');
  private readonly from = element('select');
  private readonly kind = element('select');
  private readonly name = element('input', { type: 'text', maxlength: '300' });
  private readonly number = element('input', { type: 'text', maxlength: '30', spellcheck: 'false' });
  private readonly share = element('input', { type: 'text', pattern: '[0-9]+/[0-9]+', placeholder: '1/2' });
  private readonly certificate = element('select');
  private readonly paper = element('input', { type: 'text', maxlength: '100' });
  private readonly signed = element('input', { type: 'date', value: dayInVietNam(new Date()) });
  private readonly signer = element('input', { type: 'text', maxlength: '200' });

  /** `changed` is called after each change. */
  constructor(changed: () => void) {
    this.place.addEventListener('input', changed);
    this.draw();
  }

  /** Draws it in the language of the page; what is typed stays. */
  draw(): void {
    fill(this.by, CHANGES);
    fill(this.kind, KINDS);
    fill(this.certificate, OLD_CERTIFICATES);
    const number = words('Số định danh, mã số thuế', 'Personal or tax number');
    const known = words(
      'Trùng số và tên trong sổ thì là người đã có trong sổ',
      'Who has this number and name in the register is that party',
    );
    this.place.replaceChildren(
      field(words('Loại biến động', 'Kind of change'), this.by),
      field(words('Bên chuyển', 'Who gives'), this.from),
      element(
        'fieldset',
        {},
        element('legend', {}, words('Bên nhận', 'Who takes')),
        field(words('Loại', 'Kind'), this.kind),
        field(words('Tên', 'Name'), this.name),
        field(number, this.number, known),
        field(
          words('Tỷ lệ nhận', 'Share taken'),
          this.share,
          words('Để trống: toàn bộ', 'Everything where empty'),
        ),
      ),
      element(
        'fieldset',
        {},
        element('legend', {}, words('Hợp đồng, văn bản', 'Contract')),
        field(words('Số', 'Number'), this.paper),
        field(words('Ngày ký', 'Signed on'), this.signed),
        field(words('Nơi công chứng, chứng thực', 'Notary'), this.signer),
      ),
      field(words('Giấy chứng nhận cũ', 'Old certificate'), this.certificate),
    );
  }

  /** Offers those who hold the land that is taken. */
  offer(holders: Holder[]): void {
    const options: Options = holders.map(({ party_id, name, share }) => {
      const told = `${name} (${share})`;
      return [String(party_id), told, told];
    });
    fill(this.from, options);
  }

  /** The transfer of some land, or what the officer has to fill in first. */
  operation(parcels: ParcelRef[]): Transfer | HTMLInputElement | HTMLSelectElement {
    for (const input of [this.from, this.name, this.paper, this.signed]) {
      if (input.value.trim() === '') return input;
    }
    if (!this.share.validity.valid) return this.share;
    const share = this.share.value.trim();
    const party = {
      kind: this.kind.value,
      name: this.name.value.trim(),
      personal_no: this.number.value.trim() || null,
    };
    const old = this.certificate.value;
    return {
      kind: 'transfer',
      parcels,
      by: this.by.value,
      from: Number(this.from.value),
      to: [share ? { party, share } : { party }],
      ...((old === 'annotate' || old === 'withdraw') && { old_certificate: old }),
      document: {
        number: this.paper.value.trim(),
        signed_on: this.signed.value,
        signed_by: this.signer.value.trim() || null,
      },
    };
  }

  clear(): void {
    for (const input of [this.name, this.number, this.share]) input.value = '';
  }
}

/** Gives a list its options; what was chosen stays where it is still offered. */
function fill(list: HTMLSelectElement, options: Options): void {
  const chosen = list.value;
  list.replaceChildren(...options.map(([value, vi, en]) => element('option', { value }, words(vi, en))));
  if (options.some(([value]) => value === chosen)) list.value = chosen;
}
