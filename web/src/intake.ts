/** The form by which a dossier is taken in: procedure, applicant, parcels, papers. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import { type LonLat, parcelsAt } from './api.ts';
import { element } from './dom.ts';
import { dossierPath, type Procedure, procedures } from './dossier.ts';
import { finder } from './finder.ts';
import { button, field, form } from './form.ts';
import { area, dayInVietNam } from './format.ts';
import { language, named, words } from './i18n.ts';
import { outline, show } from './map.ts';
import { ask, newKey, sendFile } from './officer.ts';
import { kindsOfPapers } from './papers.ts';
import { nameOf, type Picked, picked } from './picked.ts';
import { told } from './problem.ts';

const CHANNELS: [channel: string, vi: string, en: string][] = [
  ['1', 'Trực tiếp', 'In person'],
  ['2', 'Trực tuyến', 'Online'],
  ['3', 'Bưu chính', 'By post'],
];

interface Paper {
  kind: HTMLSelectElement;
  file: HTMLInputElement;
}

export class Intake {
  readonly place = element('section', { class: 'intake' });
  private map: MapLibreMap | null = null;
  private rules: Procedure[] = [];
  private picks: Picked[] = [];
  private papers: Paper[] = [];
  private readonly code = text({ placeholder: 'H29.3-261122-0001', spellcheck: 'false', maxlength: '64' });
  private readonly procedure = element('select', { required: true });
  private readonly channel = element('select');
  private readonly reason = text({ maxlength: '1000' });
  private readonly name = text({ required: true, maxlength: '300' });
  private readonly number = text({ maxlength: '30', spellcheck: 'false' });
  private readonly phone = element('input', { type: 'tel', maxlength: '30' });
  private readonly summary = element('textarea', { rows: '2', maxlength: '1000' });
  private readonly commune = text({ required: true, inputmode: 'numeric', pattern: '[0-9]{5}' });
  private readonly branch = text({ maxlength: '200' });
  private readonly isReceived = element('input', { type: 'checkbox', checked: true });
  private readonly reasonPlace = element('div', {});
  private readonly chosen = element('ul', { class: 'picks' });
  private readonly paperPlace = element('div', {});
  private readonly wrong = element('div', {});
  private receivedAt: string | null = null;
  /** One key for all tries: a dossier is numbered once. */
  private readonly key = newKey();

  /** `open` is called with the code of the dossier that was taken in. */
  constructor(
    map: Promise<MapLibreMap>,
    private readonly open: (code: string) => void,
  ) {
    // The form waits for no map.
    void map.then((drawn) => {
      this.map = drawn;
      this.drawPicks();
    });
    for (const list of [this.procedure, this.channel]) {
      list.addEventListener('change', () => this.drawReason());
    }
    this.translate();
    void told(this.wrong, async () => {
      this.rules = await procedures(dayInVietNam(new Date()));
      this.translate();
    });
  }

  /** A point of the map: a parcel that the dossier is about. */
  async press(at: LonLat): Promise<void> {
    await told(this.wrong, async () => {
      const [found] = await parcelsAt(at, new AbortController().signal);
      if (found) await this.toggle(found.parcel_id);
    });
  }

  /** Draws it in the language of the page; what is filled in stays. */
  translate(): void {
    const chosen = this.procedure.value;
    const options = this.rules.map((rule) =>
      element('option', { value: rule.procedure_code }, `${named(rule)} (${rule.procedure_code})`),
    );
    const none = element('option', { value: '' }, words('– chọn thủ tục –', '– choose –'));
    this.procedure.replaceChildren(none, ...options);
    this.procedure.value = chosen;
    const channel = this.channel.value;
    this.channel.replaceChildren(
      ...CHANNELS.map(([value, vi, en]) => element('option', { value }, words(vi, en))),
    );
    this.channel.value = channel || '1';
    this.place.replaceChildren(
      element('h2', { tabindex: '-1' }, words('Tiếp nhận hồ sơ', 'Take a dossier in')),
      finder((id) => this.toggle(id), this.wrong),
      this.chosen,
      this.formOf(),
    );
    this.drawReason();
    this.drawPicks();
    this.drawPapers();
  }

  private formOf(): HTMLElement {
    const numbered = words(
      'Mã của một cửa hoặc Cổng dịch vụ công; để trống thì đánh số tại đây',
      'As the one-stop system or portal gave it; numbered here where empty',
    );
    const received = words('Đã tiếp nhận, tính thời hạn từ bây giờ', 'Received: its time runs from now on');
    return form(
      words('Nộp hồ sơ', 'File it'),
      () => this.file(),
      field(words('Thủ tục', 'Procedure'), this.procedure),
      field(words('Mã hồ sơ', 'Dossier’s code'), this.code, numbered),
      field(words('Kênh nộp', 'Channel'), this.channel),
      this.reasonPlace,
      field(words('Người nộp', 'Applicant'), this.name),
      field(words('Số định danh, mã số thuế', 'Personal or tax number'), this.number),
      field(words('Điện thoại', 'Telephone'), this.phone),
      field(words('Nội dung', 'What is wanted'), this.summary),
      field(
        words('Mã xã', 'Commune'),
        this.commune,
        words('Năm chữ số; lấy từ thửa đã chọn', 'Five digits; taken from the parcel'),
      ),
      field(words('Chi nhánh thụ lý', 'Branch'), this.branch),
      element('label', { class: 'option' }, this.isReceived, ` ${received}`),
      element('h3', {}, words('Giấy tờ đã nhận', 'Papers received')),
      this.paperPlace,
      this.wrong,
    );
  }

  private get isReasonNeeded(): boolean {
    const rule = this.rules.find(({ procedure_code }) => procedure_code === this.procedure.value);
    return rule?.is_online_only === true && this.channel.value !== '2';
  }

  private drawReason(): void {
    this.reason.required = this.isReasonNeeded;
    const name = words('Lý do nhận giấy', 'Why on paper');
    const hint = words('Thủ tục này làm toàn trình trực tuyến', 'This procedure is done online');
    this.reasonPlace.replaceChildren(...(this.isReasonNeeded ? [field(name, this.reason, hint)] : []));
  }

  private async toggle(parcelId: number): Promise<void> {
    const others = this.picks.filter(({ ref }) => ref !== parcelId);
    const isNew = others.length === this.picks.length;
    this.picks = isNew ? [...others, await picked(parcelId)] : others;
    const [first] = this.picks;
    if (first?.parcel) this.commune.value = first.parcel.commune.code;
    this.drawPicks();
    if (isNew && this.map) show(this.map, this.picks.at(-1)?.bbox ?? [0, 0, 0, 0]);
  }

  private drawPicks(): void {
    if (this.map) outline(this.map, this.picks);
    const rows = this.picks.map((land) => {
      const remove = button('×', () => this.toggle(Number(land.ref)), 'small');
      remove.setAttribute('aria-label', `${words('Bỏ', 'Remove')} ${nameOf(land)}`);
      const size = area(land.area_m2, language());
      return element('li', {}, element('b', {}, nameOf(land)), ` · ${size} `, remove);
    });
    const none = element('li', { class: 'quiet' }, words('Chưa chọn thửa nào', 'No parcel yet'));
    this.chosen.replaceChildren(...(rows.length > 0 ? rows : [none]));
  }

  private drawPapers(): void {
    const rows = this.papers.map((paper, index) => {
      const chosen = paper.kind.value;
      paper.kind.replaceChildren(...kindsOfPapers());
      paper.kind.value = chosen || 'GTLQ';
      const number = index + 1;
      const remove = button('×', () => this.removePaper(paper), 'small');
      remove.setAttribute('aria-label', `${words('Bỏ giấy tờ', 'Remove paper')} ${number}`);
      return element(
        'div',
        { class: 'paper' },
        field(`${words('Loại giấy tờ', 'Kind')} ${number}`, paper.kind),
        field(`${words('Tệp', 'File')} ${number}`, paper.file),
        remove,
      );
    });
    const add = button(words('Thêm giấy tờ', 'Add a paper'), () => this.addPaper());
    this.paperPlace.replaceChildren(...rows, element('div', { class: 'buttons' }, add));
  }

  private addPaper(): void {
    const file = element('input', { type: 'file', accept: '.pdf,.jpg,.jpeg,.png', required: true });
    this.papers.push({ kind: element('select'), file });
    this.drawPapers();
    file.focus();
  }

  private removePaper(paper: Paper): void {
    this.papers = this.papers.filter((other) => other !== paper);
    this.drawPapers();
  }

  private async file(): Promise<void> {
    await told(this.wrong, async () => {
      const own = this.code.value.trim();
      const { content } = await ask<{ code: string }>(own ? dossierPath(own) : 'api/v1/dossiers', {
        method: own ? 'PUT' : 'POST',
        body: this.filed(),
        headers: own ? {} : { 'idempotency-key': this.key },
      });
      // Of a second try, too: what was attached is not attached again.
      this.code.value = content.code;
      for (const paper of [...this.papers]) {
        const [file] = paper.file.files ?? [];
        if (!file) continue;
        const about = new URLSearchParams({ kind: paper.kind.value, name: file.name });
        await sendFile(dossierPath(content.code, `/attachments?${about}`), file);
        this.removePaper(paper);
      }
      this.open(content.code);
    });
  }

  private filed() {
    // The same for all tries.
    if (this.isReceived.checked) this.receivedAt ??= new Date().toISOString();
    else this.receivedAt = null;
    return {
      procedure: this.procedure.value,
      commune: this.commune.value.trim(),
      channel: Number(this.channel.value),
      paper_reason: this.isReasonNeeded ? this.reason.value.trim() : null,
      applicant: {
        name: this.name.value.trim(),
        no: this.number.value.trim() || null,
        phone: this.phone.value.trim() || null,
      },
      summary: this.summary.value.trim() || null,
      parcels: this.picks.map(({ ref }) => ref),
      branch: this.branch.value.trim() || null,
      received_at: this.receivedAt,
    };
  }
}

function text(attributes: Record<string, string | boolean>): HTMLInputElement {
  return element('input', { type: 'text', ...attributes });
}
