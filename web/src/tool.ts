/** Where land is split, merged and transferred: operations are filled in one after the other, checked together, then planned or committed. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import { type LonLat, parcelsAt } from './api.ts';
import { Asking, type OfDossier } from './asking.ts';
import { assigning, cutOf, faultsOf } from './assign.ts';
import { element } from './dom.ts';
import { Draft } from './draft.ts';
import { committing, storing } from './ending.ts';
import { finder } from './finder.ts';
import { button } from './form.ts';
import { area } from './format.ts';
import type { PointM } from './frame.ts';
import { holdersIn, holdersOf } from './holders.ts';
import { language, words } from './i18n.ts';
import type { Operation, ParcelRef } from './land.ts';
import { outline, show } from './map.ts';
import type { Appointment } from './officer.ts';
import type { Overlay, Sketch } from './overlay.ts';
import { covers, frameOf, nameOf, type Picked, picked, planned } from './picked.ts';
import { told } from './problem.ts';
import { isLawful, type Report, reportOf } from './report.ts';
import { partChooser, stepList } from './steplist.ts';
import { endedBy, isSame } from './steps.ts';
import type { Traced } from './trace.ts';
import type { Holder } from './transfer.ts';

/** A list of operations as it was checked. */
interface Checked {
  operations: Operation[];
  traced: Traced[];
  report: Report;
  /** Whether something was assigned anew since. */
  isOutdated: boolean;
}

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
  private readonly assigned = element('div', {});
  private readonly result = element('div', { 'aria-live': 'polite' });

  /** `stored` is called when a plan is stored. */
  constructor(
    private readonly map: MapLibreMap,
    private readonly overlay: Overlay,
    private readonly officer: Appointment,
    private readonly dossier: OfDossier | null,
    private readonly stored: () => void,
  ) {
    this.asking = new Asking(this.known, dossier);
    this.draft = new Draft(
      map,
      overlay,
      () => this.forget(),
      () => void this.offer(),
    );
    this.draw();
  }

  /** Takes parcels to begin with. */
  async start(parcelIds: number[]): Promise<void> {
    await told(this.result, async () => {
      for (const id of parcelIds) await this.toggle(await this.parcel(id));
    });
    this.fit();
  }

  /** A point of the map: land to work on, or the next point of the line. */
  async press(at: LonLat): Promise<void> {
    if (this.draft.takesPoints()) {
      this.draft.press(at);
      return;
    }
    await told(this.result, async () => {
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
      finder(take, this.result),
      this.chosen,
      this.draft.place,
      element(
        'div',
        { class: 'buttons' },
        button(words('Kiểm tra', 'Check'), () => this.check(), 'main'),
        button(words('Thêm vào danh sách', 'Add to the list'), () => this.add()),
      ),
      this.assigned,
      this.result,
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
    await told(this.result, async () => {
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
      this.tell(told);
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
    await told(this.result, async () => {
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
    this.result.replaceChildren();
    this.assigned.replaceChildren();
    this.sketchList();
    this.overlay.wrong([]);
  }

  private sketchList(): void {
    const drawn = this.parts().map((part) => ({
      name: `${nameOf(part)}\n${area(part.area_m2, language())}`,
      rings: part.geometry.coordinates as LonLat[][],
    }));
    this.overlay.sketch(drawn);
  }

  private tell(what: string): void {
    this.result.replaceChildren(element('p', { class: 'problem', role: 'alert' }, what));
  }

  /** What is asked for: the list and, where something is taken, what is filled in. */
  private wanted(): Operation[] | null {
    if (this.list.length > 0 && this.picks.length === 0) return this.list;
    const operation = this.drafted ?? this.draft.operation((missing) => this.tell(missing));
    return operation && [...this.list, operation];
  }

  private async check(): Promise<void> {
    const wanted = this.wanted();
    if (!wanted) return;
    await told(this.result, async () => {
      const traced = await this.asking.trace(wanted);
      const operations = wanted.map((operation, at) => traced[at]?.operation ?? operation);
      const report = await this.asking.rehearse(operations);
      this.drafted = operations[this.list.length] ?? null;
      this.list = operations.slice(0, this.list.length);
      this.checked = { operations, traced, report, isOutdated: false };
      this.showChecked(this.checked);
      const shown = this.assigned.hasChildNodes() ? this.assigned : this.result;
      shown.scrollIntoView();
    });
  }

  /** Takes what is filled in into the list, if it can be done. */
  private async add(): Promise<void> {
    const operation = this.drafted ?? this.draft.operation((missing) => this.tell(missing));
    if (!operation) return;
    const list = [...this.list, operation];
    await told(this.result, async () => {
      const traced = await this.asking.trace(list);
      if (traced.length < list.length) {
        this.showReport(await this.asking.rehearse(list));
        return;
      }
      this.picks = [];
      this.draft.clear();
      await this.relist(list);
      this.place.scrollIntoView();
    });
  }

  private showChecked({ operations, traced, report, isOutdated }: Checked): void {
    this.drawAssigned(traced, report);
    if (isOutdated) {
      this.outdate();
      return;
    }
    // The parts of a cut are told where it is refused for what lies on them, too.
    const made = report.made.length > 0 ? report.made : (traced.at(-1)?.made ?? []);
    this.showReport(report, made);
    if (!isLawful(report)) return;
    const ending = this.dossier
      ? storing(this.asking, operations, this.dossier, this.stored)
      : committing(this.asking, operations, this.officer, (done) => this.committed(done));
    this.result.append(ending);
  }

  /** The tables of the cuts that leave something to assign; the violations of assignments stand at them. */
  private drawAssigned(traced: Traced[], { violations }: Report): void {
    const tables = traced.flatMap((each, at) => {
      const cut = cutOf(each);
      if (!cut) return [];
      const ref = cut.operation.parcel;
      const parcel = (typeof ref === 'number' && this.known.get(ref)?.parcel) || null;
      const title = `${words('Phân cho các phần của', 'Assigned to the parts of')} ${nameOf({ ref, parcel })}`;
      const change = (operation: Operation) => {
        each.operation = operation;
        if (at < this.list.length) this.list[at] = operation;
        else this.drafted = operation;
        this.outdate();
      };
      return [assigning(title, cut, faultsOf(violations), change)];
    });
    this.assigned.replaceChildren(...tables);
  }

  /** The report is not of what is assigned now. */
  private outdate(): void {
    if (this.checked) this.checked.isOutdated = true;
    const again = words('Đã phân lại: bấm Kiểm tra để kiểm tra lại.', 'Assigned anew: press Check again.');
    this.result.replaceChildren(element('p', { class: 'quiet' }, again));
  }

  private showReport(report: Report, made = report.made): void {
    const frame = frameOf([...this.known.values()]);
    const seePlace = (x: number, y: number) => {
      if (frame) this.map.easeTo({ center: frame.toMap([x, y]), zoom: Math.max(this.map.getZoom(), 20) });
    };
    this.result.replaceChildren(reportOf(report, seePlace));
    if (!frame) return;
    // What is committed has its names on the map itself.
    const sketched = sketches({ ...report, made }, (point) => frame.toMap(point));
    this.overlay.sketch(
      report.operation_id === null ? sketched : sketched.map((each) => ({ ...each, name: '' })),
    );
    const places = report.violations.flatMap(({ place }) => (place ? [frame.toMap([place.x, place.y])] : []));
    this.overlay.wrong(places);
  }

  private committed(report: Report): void {
    this.picks = [];
    this.list = [];
    this.traced = [];
    this.draw();
    this.draft.begin([]);
    this.showReport(report);
    this.known.clear();
  }

  private fit(): void {
    const boxes = this.picks.map(({ bbox }) => bbox);
    if (boxes.length === 0) return;
    show(this.map, [
      Math.min(...boxes.map(([west]) => west)),
      Math.min(...boxes.map(([, south]) => south)),
      Math.max(...boxes.map(([, , east]) => east)),
      Math.max(...boxes.map(([, , , north]) => north)),
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
