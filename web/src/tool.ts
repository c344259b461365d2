/** Where land is split, merged and transferred: operations are filled in one after the other, checked together, then planned or committed. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import { type LonLat, parcelsAt } from './api.ts';
import { Asking, type OfDossier } from './asking.ts';
import { element } from './dom.ts';
import { Draft } from './draft.ts';
import { committing, storing } from './ending.ts';
import { finder } from './finder.ts';
import { button } from './form.ts';
import { area } from './format.ts';
import { holdersIn, holdersOf } from './holders.ts';
import { language, words } from './i18n.ts';
import type { Operation, ParcelRef } from './land.ts';
import { outline, show } from './map.ts';
import type { Appointment } from './officer.ts';
import { type Checked, Outcome } from './outcome.ts';
import type { Overlay } from './overlay.ts';
import { covers, frameOf, nameOf, type Picked, picked, planned } from './picked.ts';
import { told } from './problem.ts';
import { isLawful, type Report } from './report.ts';
import { partChooser, stepList } from './steplist.ts';
import { endedBy, isSame, refsOf } from './steps.ts';
import type { Traced } from './trace.ts';
import type { Holder } from './transfer.ts';

export class LandTool {
  readonly place = element('section', { class: 'tool' });
  private picks: Picked[] = [];
  /** What commits together, before what is being filled in. */
  private list: Operation[] = [];
  private traced: Traced[] = [];
  /** Those parcels of the register that were ever taken. */
  private readonly known = new Map<number, Picked>();
  /** What is being filled in, as it was checked. */
  private drafted: Operation | null = null;
  private checked: Checked | null = null;
  private readonly asking: Asking;
  private readonly draft: Draft;
  private readonly chosen = element('div', {});
  private readonly listed = element('div', {});
  private readonly outcome: Outcome;

  /** `stored` is called when a plan is stored. */
  constructor(
    private readonly map: MapLibreMap,
    private readonly overlay: Overlay,
    private readonly officer: Appointment,
    private readonly dossier: OfDossier | null,
    private readonly stored: () => void,
  ) {
    this.asking = new Asking(this.known, dossier);
    this.outcome = new Outcome(map, overlay, this.known);
    this.draft = new Draft(
      map,
      overlay,
      () => this.forget(),
      () => void this.offer(),
    );
    this.draw();
  }

  /** Takes parcels to begin with, or goes on with operations that were planned before. */
  async start(parcelIds: number[], operations: Operation[] = []): Promise<void> {
    await told(this.outcome.result, async () => {
      const named = operations.flatMap(refsOf).filter((ref) => typeof ref === 'number');
      for (const id of named) await this.parcel(id);
      if (operations.length > 0) await this.relist(operations);
      else for (const id of parcelIds) await this.toggle(await this.parcel(id));
    });
    this.fit();
  }

  /** A point of the map: land to work on, or the next point of the line. */
  async press(at: LonLat): Promise<void> {
    if (this.draft.takesPoints()) {
      this.draft.press(at);
      return;
    }
    await told(this.outcome.result, async () => {
      const part = this.parts().find((each) => covers(each, at));
      if (part) return this.toggle(part);
      const [found] = await parcelsAt(at, new AbortController().signal);
      if (found) await this.toggle(await this.parcel(found.parcel_id));
    });
  }

  /** Draws it in the language of the page: what is taken, drawn, filled in and found stays. */
  translate(): void {
    this.draft.draw();
    this.draw();
    if (this.checked) this.showChecked(this.checked);
    else this.forget();
  }

  private draw(): void {
    const title = this.dossier
      ? `${words('Phương án của hồ sơ', 'Plan of dossier')} ${this.dossier.code}`
      : words('Biến động trên thửa đất', 'Operations on land');
    const take = async (id: number) => {
      await this.toggle(await this.parcel(id));
      this.fit();
    };
    this.place.replaceChildren(
      element('h2', { tabindex: '-1' }, title),
      this.listed,
      finder(take, this.outcome.result),
      this.chosen,
      this.draft.place,
      element(
        'div',
        { class: 'buttons' },
        button(words('Kiểm tra', 'Check'), () => this.check(), 'main'),
        button(words('Thêm vào danh sách', 'Add to the list'), () => this.add()),
      ),
      this.outcome.assigned,
      this.outcome.result,
    );
    this.drawList();
    this.drawPicks();
  }

  private drawList(): void {
    if (this.list.length === 0) {
      this.listed.replaceChildren();
      return;
    }
    const name = words('Các biến động ghi cùng nhau', 'Operations that commit together');
    const known = (ref: ParcelRef) => (typeof ref === 'number' ? this.known.get(ref) : undefined);
    const list = stepList(this.list, this.traced, known, (next) => this.relist(next));
    this.listed.replaceChildren(element('h3', {}, name), list);
  }

  /** Another list; what is taken and is no more there is put back. */
  private async relist(list: Operation[]): Promise<void> {
    this.forget();
    await told(this.outcome.result, async () => {
      this.traced = await this.asking.trace(list);
      this.list = list.map((operation, at) => this.traced[at]?.operation ?? operation);
      const there = this.parts();
      this.picks = this.picks.filter(
        ({ ref }) => typeof ref === 'number' || there.some((part) => isSame(part.ref, ref)),
      );
      this.draw();
      this.draft.begin(this.picks);
      this.sketchList();
    });
  }

  private async parcel(parcelId: number): Promise<Picked> {
    const found = this.known.get(parcelId) ?? (await picked(parcelId));
    this.known.set(parcelId, found);
    return found;
  }

  private async toggle(land: Picked): Promise<void> {
    const ended = endedBy(this.list, land.ref);
    if (ended !== null) {
      const told = `${nameOf(land)} ${words('đã hết ở biến động', 'ends with operation')} ${ended + 1}`;
      this.outcome.tell(told);
      return;
    }
    const others = this.picks.filter(({ ref }) => !isSame(ref, land.ref));
    this.picks = others.length === this.picks.length ? [...others, land] : others;
    this.drawPicks();
    this.draft.begin(this.picks);
    await this.offer();
  }

  /** Offers those who hold the land that is taken, where it is transferred. */
  private async offer(): Promise<void> {
    if (this.draft.way !== 'transfer') return;
    await told(this.outcome.result, async () => {
      const holders = await Promise.all(this.picks.map(({ ref }) => this.holders(ref)));
      const [first = [], ...others] = holders;
      const isEverywhere = ({ party_id }: Holder) =>
        others.every((own) => own.some((holder) => holder.party_id === party_id));
      this.draft.offer(first.filter(isEverywhere));
    });
  }

  private async holders(ref: ParcelRef): Promise<Holder[]> {
    if (typeof ref === 'number') return holdersOf(ref);
    return holdersIn(this.traced[ref.operation]?.made[ref.child]?.after);
  }

  /** What the list makes and leaves. */
  private parts(): Picked[] {
    const frame = frameOf([...this.known.values()]);
    if (!frame) return [];
    return this.traced.flatMap(({ made }, operation) =>
      made.flatMap((line, child) => {
        const ref = { operation, child };
        return endedBy(this.list, ref) === null ? [planned(ref, line, frame)] : [];
      }),
    );
  }

  private drawPicks(): void {
    outline(this.map, this.picks);
    const rows = this.picks.map((land) => {
      const uses = land.uses.map(({ code }) => code).join('+');
      const remove = button('×', () => this.toggle(land), 'small');
      remove.setAttribute('aria-label', `${words('Bỏ', 'Remove')} ${nameOf(land)}`);
      const size = area(land.area_m2, language());
      return element('li', {}, element('b', {}, nameOf(land)), ` · ${uses} · ${size} `, remove);
    });
    const none = element('li', { class: 'quiet' }, words('Chưa chọn thửa nào', 'No parcel yet'));
    const parts = partChooser(this.parts(), this.picks, (part) => this.toggle(part));
    this.chosen.replaceChildren(
      ...parts,
      element('ul', { class: 'picks' }, ...(rows.length > 0 ? rows : [none])),
    );
  }

  /** What was tried is not what is asked for any more. */
  private forget(): void {
    this.drafted = null;
    this.checked = null;
    this.outcome.clear();
    this.sketchList();
  }

  private sketchList(): void {
    const drawn = this.parts().map((part) => ({
      name: `${nameOf(part)}\n${area(part.area_m2, language())}`,
      rings: part.geometry.coordinates as LonLat[][],
    }));
    this.overlay.sketch(drawn);
  }

  /** What is asked for: the list and, where something is taken, what is filled in. */
  private wanted(): Operation[] | null {
    if (this.list.length > 0 && this.picks.length === 0) return this.list;
    const operation = this.drafted ?? this.draft.operation((missing) => this.outcome.tell(missing));
    return operation && [...this.list, operation];
  }

  private async check(): Promise<void> {
    const wanted = this.wanted();
    if (!wanted) return;
    await told(this.outcome.result, async () => {
      const traced = await this.asking.trace(wanted);
      const operations = wanted.map((operation, at) => traced[at]?.operation ?? operation);
      const report = await this.asking.rehearse(operations);
      this.drafted = operations[this.list.length] ?? null;
      this.list = operations.slice(0, this.list.length);
      this.checked = { operations, traced, report, isOutdated: false };
      this.showChecked(this.checked);
      this.outcome.reveal();
    });
  }

  /** Takes what is filled in into the list, if it can be done. */
  private async add(): Promise<void> {
    const operation = this.drafted ?? this.draft.operation((missing) => this.outcome.tell(missing));
    if (!operation) return;
    const list = [...this.list, operation];
    await told(this.outcome.result, async () => {
      const traced = await this.asking.trace(list);
      if (traced.length < list.length) {
        this.outcome.showReport(await this.asking.rehearse(list));
        return;
      }
      this.picks = [];
      this.draft.clear();
      await this.relist(list);
      this.place.scrollIntoView();
    });
  }

  private showChecked(checked: Checked): void {
    const { operations, report, isOutdated } = checked;
    this.outcome.show(checked, (at, operation) => {
      if (at < this.list.length) this.list[at] = operation;
      else this.drafted = operation;
    });
    if (isOutdated || !isLawful(report)) return;
    const ending = this.dossier
      ? storing(this.asking, operations, this.dossier, this.stored)
      : committing(this.asking, operations, this.officer, (done) => this.committed(done));
    this.outcome.result.append(ending);
  }

  private committed(report: Report): void {
    this.picks = [];
    this.list = [];
    this.traced = [];
    this.draw();
    this.draft.begin([]);
    this.outcome.showReport(report);
    this.known.clear();
  }

  private fit(): void {
    const taken = this.picks.length > 0 ? this.picks : [...this.known.values()];
    const boxes = taken.map(({ bbox }) => bbox);
    if (boxes.length === 0) return;
    show(this.map, [
      Math.min(...boxes.map(([west]) => west)),
      Math.min(...boxes.map(([, south]) => south)),
      Math.max(...boxes.map(([, , east]) => east)),
      Math.max(...boxes.map(([, , , north]) => north)),
    ]);
  }
}
