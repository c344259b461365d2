/** The operation that an officer is filling in: what to do, and the line, areas or parties that it takes. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import type { LonLat } from './api.ts';
import { CutLine } from './cut.ts';
import { element } from './dom.ts';
import { button, choice, field } from './form.ts';
import { words } from './i18n.ts';
import { areasOf, type Missing, type Operation, operationOf, type Way } from './land.ts';
import type { Overlay } from './overlay.ts';
import type { Picked } from './picked.ts';
import { type Holder, TransferForm } from './transfer.ts';

export class Draft {
  readonly place = element('div', {});
  way: Way = 'line';
  private picks: Picked[] = [];
  private readonly parts = element('input', { type: 'number', min: '2', max: '100', value: '2' });
  private readonly areas = element('input', { type: 'text', inputmode: 'decimal', spellcheck: 'false' });
  private readonly line: CutLine;
  private readonly transfer: TransferForm;

  /** `changed` is called after each change, `wayChanged` when something else is to be done. */
  constructor(
    map: MapLibreMap,
    overlay: Overlay,
    changed: () => void,
    private readonly wayChanged: () => void,
  ) {
    this.line = new CutLine(map, overlay, changed);
    this.transfer = new TransferForm(changed);
    for (const input of [this.parts, this.areas]) input.addEventListener('input', changed);
    this.draw();
  }

  /** Draws it in the language of the page; what is filled in stays. */
  draw(): void {
    const ways: [Way, string][] = [
      ['line', words('Tách theo đường vẽ', 'Split by a drawn line')],
      ['equal', words('Tách thành các phần bằng nhau', 'Split into equal parts')],
      ['areas', words('Tách theo diện tích', 'Split by areas')],
      ['merge', words('Hợp thửa', 'Merge')],
      ['transfer', words('Chuyển quyền', 'Transfer')],
    ];
    const inputs = element('div', {}, ...this.inputs());
    const chooser = choice(words('Việc cần làm', 'What to do'), ways, this.way, (way) => {
      this.way = way;
      inputs.replaceChildren(...this.inputs());
      this.begin(this.picks);
      this.wayChanged();
    });
    this.line.translate();
    this.transfer.draw();
    this.place.replaceChildren(chooser, inputs);
  }

  /** Begins anew on other land. */
  begin(picks: Picked[]): void {
    this.picks = picks;
    this.line.begin(picks, this.way === 'equal' || this.way === 'areas');
  }

  /** Offers those who hold the land, to give it. */
  offer(holders: Holder[]): void {
    this.transfer.offer(holders);
  }

  /** Whether a press on the map is a point of the line, not land to take. */
  takesPoints(): boolean {
    return this.way !== 'merge' && this.way !== 'transfer' && this.picks.length === 1;
  }

  press(at: LonLat): void {
    this.line.add(at);
  }

  /** What is filled in as an operation; none where something is missing, which the officer is told. */
  operation(tell: (missing: string) => void): Operation | null {
    if (!this.line.points.reportValidity()) return null;
    const parcels = this.picks.map(({ ref }) => ref);
    if (this.way === 'transfer') return this.transferOf(tell);
    const wish = {
      way: this.way,
      parcels,
      line_m: this.line.line_m,
      parts: Number(this.parts.value),
      areas_m2: areasOf(this.areas.value) ?? [],
    };
    const operation = operationOf(wish);
    if (typeof operation !== 'string') return operation;
    tell(missing(operation));
    return null;
  }

  /** Forgets what only the operation before was about. */
  clear(): void {
    this.areas.value = '';
    this.transfer.clear();
  }

  private transferOf(tell: (missing: string) => void): Operation | null {
    if (this.picks.length === 0) {
      tell(words('Chọn thửa để chuyển quyền.', 'Take the parcels that are transferred.'));
      return null;
    }
    const transfer = this.transfer.operation(this.picks.map(({ ref }) => ref));
    if ('kind' in transfer) return transfer;
    tell(missing('transfer'));
    transfer.focus();
    return null;
  }

  private inputs(): HTMLElement[] {
    const pointsHint = words(
      'Bấm lần lượt trên bản đồ, bắt đầu và kết thúc ngoài thửa; hoặc nhập mỗi dòng một điểm: đông bắc (mét, VN-2000).',
      'Press on the map, from outside the parcel to outside; or type a point a line: east north (metres, VN-2000).',
    );
    const areasHint = words(
      'Cách nhau bằng dấu cách, ví dụ 100 120,5; phần còn lại là thửa cuối. Thửa đầu nằm bên trái hướng cắt.',
      'Apart by spaces; what is left is the last parcel. The first lies on the left of the direction.',
    );
    const along = () => field(words('Cắt song song với', 'Cuts run parallel to'), this.line.edges);
    const buttons = element(
      'div',
      { class: 'buttons' },
      button(words('Bỏ điểm cuối', 'Undo a point'), () => this.line.undo()),
      button(words('Xóa đường vẽ', 'Clear'), () => this.line.clear()),
    );
    switch (this.way) {
      case 'line':
        return [field(words('Đường vẽ', 'Line'), this.line.points, pointsHint), buttons];
      case 'equal':
        return [field(words('Số thửa', 'How many'), this.parts), along()];
      case 'areas':
        return [field(words('Diện tích (m²)', 'Areas (m²)'), this.areas, areasHint), along()];
      case 'merge':
        return [];
      case 'transfer':
        return [this.transfer.place];
    }
  }
}

function missing(what: Missing): string {
  switch (what) {
    case 'one-parcel':
      return words('Chọn đúng một thửa để tách.', 'Take exactly one parcel to split.');
    case 'two-parcels':
      return words('Chọn ít nhất hai thửa để hợp.', 'Take at least two parcels to merge.');
    case 'line':
      return words('Vẽ ít nhất hai điểm của đường cắt.', 'Draw at least two points of the line.');
    case 'direction':
      return words('Chọn một cạnh, hoặc vẽ hai điểm làm hướng cắt.', 'Choose an edge, or draw two points.');
    case 'parts':
      return words('Số thửa là số nguyên từ 2 trở lên.', 'How many is a whole number, 2 at least.');
    case 'areas':
      return words('Nhập diện tích, ví dụ 100 120,5.', 'Give areas, such as 100 120.5.');
    case 'transfer':
      return words(
        'Ghi bên chuyển, tên bên nhận, số và ngày của hợp đồng.',
        'Say who gives, who takes, and number and day of the contract.',
      );
  }
}
