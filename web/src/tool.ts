/** Where parcels are split and merged: they are picked, a line is drawn, it is tried, then planned or committed. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import { type LonLat, parcelsAt, search } from './api.ts';
import { CutLine } from './cut.ts';
import { element } from './dom.ts';
import { dossierPath } from './dossier.ts';
import { button, choice, field, form } from './form.ts';
import { area } from './format.ts';
import type { Frame, PointM } from './frame.ts';
import { language, words } from './i18n.ts';
import { areasOf, type Missing, type Operation, operationOf, type Way } from './land.ts';
import { outline, show } from './map.ts';
import { type Appointment, ask, newKey } from './officer.ts';
import type { Overlay, Sketch } from './overlay.ts';
import { frameOf, type Picked, picked } from './picked.ts';
import { told } from './problem.ts';
import { normalizeQuery } from './query.ts';
import { isLawful, type Report, reportOf } from './report.ts';

/** A dossier whose plan is made, and its ETag. */
export interface OfDossier {
  code: string;
  etag: string | null;
}

export class LandTool {
  readonly place = element('section', { class: 'tool' });
  private picks: Picked[] = [];
  private way: Way = 'line';
  private readonly parts = element('input', { type: 'number', min: '2', max: '100', value: '2' });
  private readonly areas = element('input', { type: 'text', inputmode: 'decimal', spellcheck: 'false' });
  private readonly line: CutLine;
  private readonly result = element('div', { 'aria-live': 'polite' });
  private readonly chosen = element('div', {});
  private readonly inputs = element('div', {});

  /** `stored` is called when a plan is stored. */
  constructor(
    private readonly map: MapLibreMap,
    private readonly overlay: Overlay,
    private readonly officer: Appointment,
    private readonly dossier: OfDossier | null,
    private readonly stored: () => void,
  ) {
    this.line = new CutLine(map, overlay, () => this.forget());
    for (const input of [this.parts, this.areas]) input.addEventListener('input', () => this.forget());
    this.draw();
  }

  /** Takes parcels to begin with. */
  async start(parcelIds: number[]): Promise<void> {
    await told(this.result, async () => {
      for (const id of parcelIds) {
        this.picks.push(await picked(id));
        this.drawPicks();
      }
    });
    this.fit();
  }

  /** A point of the map: a parcel to work on, or the next point of the line. */
  async press(at: LonLat): Promise<void> {
    if (this.way !== 'merge' && this.picks.length === 1) {
      this.line.add(at);
      return;
    }
    await told(this.result, async () => {
      for (const { parcel_id } of (await parcelsAt(at, new AbortController().signal)).slice(0, 1)) {
        await this.toggle(parcel_id);
      }
    });
  }

  private draw(): void {
    const title = this.dossier
      ? `${words('Phương án của hồ sơ', 'Plan of dossier')} ${this.dossier.code}`
      : words('Tách, hợp thửa', 'Split and merge');
    const ways: [Way, string][] = [
      ['line', words('Tách theo đường vẽ', 'Split by a drawn line')],
      ['equal', words('Tách thành các phần bằng nhau', 'Split into equal parts')],
      ['areas', words('Tách theo diện tích', 'Split by areas')],
      ['merge', words('Hợp thửa', 'Merge')],
    ];
    const chooser = choice(words('Việc cần làm', 'What to do'), ways, this.way, (way) => {
      this.way = way;
      this.drawInputs();
    });
    this.place.replaceChildren(
      element('h2', { tabindex: '-1' }, title),
      this.finder(),
      this.chosen,
      chooser,
      this.inputs,
      element(
        'div',
        { class: 'buttons' },
        button(words('Kiểm tra', 'Check'), () => this.rehearse(), 'main'),
      ),
      this.result,
    );
    this.drawPicks();
    this.drawInputs();
  }

  /** Finds parcels by sheet and number. */
  private finder(): HTMLElement {
    const query = element('input', { type: 'text', spellcheck: 'false', placeholder: '3/17' });
    const found = element('div', { class: 'choice' });
    const find = async () => {
      const results = await search(normalizeQuery(query.value), new AbortController().signal);
      const parcels = results.filter(({ kind }) => kind === 'parcel');
      const [only] = parcels;
      if (parcels.length === 1 && only) {
        await this.toggle(only.parcel_id);
        this.fit();
        query.value = '';
        found.replaceChildren();
        return;
      }
      const names = parcels.map(({ label, commune, parcel_id }) =>
        button(`${label} ${commune.name}`, () => this.toggle(parcel_id)),
      );
      found.replaceChildren(...(names.length > 0 ? names : [words('Không tìm thấy thửa', 'No such parcel')]));
    };
    const hint = words('Hoặc bấm vào thửa trên bản đồ', 'Or press the parcel on the map');
    const finder = form(
      words('Chọn thửa', 'Take'),
      async () => {
        await told(this.result, find);
      },
      field(words('Tờ/thửa', 'Sheet/parcel'), query, hint),
      found,
    );
    finder.className = 'inline';
    return finder;
  }

  private async toggle(parcelId: number): Promise<void> {
    const others = this.picks.filter(({ parcel }) => parcel.parcel_id !== parcelId);
    const isNew = others.length === this.picks.length;
    this.picks = isNew ? [...others, await picked(parcelId)] : others;
    this.drawPicks();
  }

  private drawPicks(): void {
    outline(
      this.map,
      this.picks.map(({ parcel }) => parcel),
    );
    const rows = this.picks.map(({ parcel }) => {
      const { sheet_no, parcel_no, legal_area_m2, computed_area_m2, land_use, parcel_id } = parcel;
      const name = `${words('Tờ', 'Sheet')} ${sheet_no} ${words('thửa', 'parcel')} ${parcel_no}`;
      const uses = land_use.map(({ code }) => code).join('+');
      const size = area(legal_area_m2 ?? computed_area_m2, language());
      const remove = button('×', () => this.toggle(parcel_id), 'small');
      remove.setAttribute('aria-label', `${words('Bỏ', 'Remove')} ${name}`);
      return element('li', {}, element('b', {}, name), ` · ${uses} · ${size} `, remove);
    });
    const none = element('li', { class: 'quiet' }, words('Chưa chọn thửa nào', 'No parcel yet'));
    this.chosen.replaceChildren(element('ul', { class: 'picks' }, ...(rows.length > 0 ? rows : [none])));
    this.beginLine();
  }

  private beginLine(): void {
    this.line.begin(this.picks, this.way === 'equal' || this.way === 'areas');
  }

  private drawInputs(): void {
    const pointsHint = words(
      'Bấm lần lượt trên bản đồ, bắt đầu và kết thúc ngoài thửa; hoặc nhập mỗi dòng một điểm: đông bắc (mét, VN-2000).',
      'Press on the map, from outside the parcel to outside; or type a point a line: east north (metres, VN-2000).',
    );
    const along = field(words('Cắt song song với', 'Cuts run parallel to'), this.line.edges);
    const points = field(
      words('Đường vẽ', 'Line'),
      this.line.points,
      this.way === 'line' ? pointsHint : undefined,
    );
    const pointButtons = element(
      'div',
      { class: 'buttons' },
      button(words('Bỏ điểm cuối', 'Undo a point'), () => this.line.undo()),
      button(words('Xóa đường vẽ', 'Clear'), () => this.line.clear()),
    );
    const areasHint = words(
      'Cách nhau bằng dấu cách, ví dụ 100 120,5; phần còn lại là thửa cuối. Thửa đầu nằm bên trái hướng cắt.',
      'Apart by spaces; what is left is the last parcel. The first lies on the left of the direction.',
    );
    const inputs: Record<Way, HTMLElement[]> = {
      line: [points, pointButtons],
      equal: [field(words('Số thửa', 'How many'), this.parts), along],
      areas: [field(words('Diện tích (m²)', 'Areas (m²)'), this.areas, areasHint), along],
      merge: [],
    };
    this.inputs.replaceChildren(...inputs[this.way]);
    this.beginLine();
  }

  /** What was tried is not what is asked for any more. */
  private forget(): void {
    this.result.replaceChildren();
    this.overlay.sketch([]);
    this.overlay.wrong([]);
  }

  private async rehearse(): Promise<void> {
    this.forget();
    if (!this.line.points.reportValidity()) return;
    const operation = operationOf({
      way: this.way,
      parcels: this.picks.map(({ parcel }) => parcel.parcel_id),
      line_m: this.line.line_m,
      parts: Number(this.parts.value),
      areas_m2: areasOf(this.areas.value) ?? [],
    });
    if (typeof operation === 'string') {
      this.result.replaceChildren(element('p', { class: 'problem', role: 'alert' }, missing(operation)));
      return;
    }
    await told(this.result, async () => {
      const { content } = await this.send<Report>('api/v1/operations?dry_run=true', operation, {});
      this.showReport(content, frameOf(this.picks));
      if (isLawful(content)) this.result.append(this.ending(operation));
    });
  }

  private send<T>(path: string, operation: Operation, headers: Record<string, string>) {
    const dossier = this.dossier?.code ?? null;
    const seen = { 'if-match': this.picks.map(({ etag }) => etag).join(', ') };
    return ask<T>(path, {
      method: 'POST',
      body: { operations: [operation], dossier },
      headers: { ...seen, ...headers },
    });
  }

  private showReport(report: Report, frame: Frame | null): void {
    const seePlace = (x: number, y: number) => {
      if (frame) this.map.easeTo({ center: frame.toMap([x, y]), zoom: Math.max(this.map.getZoom(), 20) });
    };
    this.result.replaceChildren(reportOf(report, seePlace));
    this.result.scrollIntoView();
    if (!frame) return;
    // What is committed has its names on the map itself.
    const sketched = sketches(report, (point) => frame.toMap(point));
    this.overlay.sketch(
      report.operation_id === null ? sketched : sketched.map((each) => ({ ...each, name: '' })),
    );
    const places = report.violations.flatMap(({ place }) => (place ? [frame.toMap([place.x, place.y])] : []));
    this.overlay.wrong(places);
  }

  /** What can be done with a lawful report: stored in the dossier's plan, or committed. */
  private ending(operation: Operation): HTMLElement {
    const { dossier } = this;
    const wrong = element('div', {});
    if (dossier) {
      const store = async () => {
        const headers: Record<string, string> = dossier.etag ? { 'if-match': dossier.etag } : {};
        const body = { operations: [operation] };
        await told(wrong, async () => {
          await ask(dossierPath(dossier.code, '/plan'), { method: 'PUT', body, headers });
          this.stored();
        });
      };
      const name = words('Lưu phương án vào hồ sơ', 'Store as the dossier’s plan');
      return element('div', {}, element('div', { class: 'buttons' }, button(name, store, 'main')), wrong);
    }
    if (!this.officer.duties.includes('operate')) {
      return element(
        'p',
        {},
        words('Chỉ lãnh đạo ghi vào sổ ngoài hồ sơ.', 'Only approvers commit without a dossier.'),
      );
    }
    return this.committing(operation, wrong);
  }

  private committing(operation: Operation, wrong: HTMLElement): HTMLElement {
    // One key for all tries: an answer that was lost is given again, and nothing is done twice.
    const key = newKey();
    const commit = async () => {
      await told(wrong, async () => {
        const { content } = await this.send<Report>('api/v1/operations', operation, {
          'idempotency-key': key,
        });
        this.committed(content);
      });
    };
    const seen = element('input', { type: 'checkbox', required: true });
    const agreement = words('Tôi đã xem kết quả kiểm tra', 'I have read the report');
    const name = words('Ghi vào sổ địa chính', 'Commit to the register');
    return form(name, commit, element('label', { class: 'option' }, seen, ` ${agreement}`), wrong);
  }

  private committed(report: Report): void {
    const frame = frameOf(this.picks);
    this.picks = [];
    this.drawPicks();
    this.showReport(report, frame);
  }

  private fit(): void {
    const boxes = this.picks.map(({ parcel }) => parcel.bbox);
    if (boxes.length === 0) return;
    const [wests, souths, easts, norths] = [0, 1, 2, 3].map((side) => boxes.map((box) => box[side] ?? 0));
    show(this.map, [
      Math.min(...(wests ?? [])),
      Math.min(...(souths ?? [])),
      Math.max(...(easts ?? [])),
      Math.max(...(norths ?? [])),
    ]);
  }
}

/** The parcels that a report makes or draws anew, as the map shows them. */
export function sketches({ made }: Report, toMap: (point: PointM) => LonLat): Sketch[] {
  return made.map(({ parcel, after, boundary_m }) => ({
    name: after ? `${parcel}\n${area(after.computed_area_m2, language())}` : parcel,
    rings: boundary_m.map((ring) => ring.map(toMap)),
  }));
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
  }
}
