/** What a check of operations found: the tables of what is assigned, the report, and both on the map. */
import type { Map as MapLibreMap } from 'maplibre-gl';
import type { LonLat } from './api.ts';
import { assigning, cutOf, faultsOf } from './assign.ts';
import { element } from './dom.ts';
import { area } from './format.ts';
import type { PointM } from './frame.ts';
import { language, words } from './i18n.ts';
import type { Operation } from './land.ts';
import type { Overlay, Sketch } from './overlay.ts';
import { frameOf, nameOf, type Picked } from './picked.ts';
import { type Report, reportOf } from './report.ts';
import type { Traced } from './trace.ts';

/** A list of operations as it was checked. */
export interface Checked {
  operations: Operation[];
  traced: Traced[];
  report: Report;
  /** Whether something was assigned anew since. */
  isOutdated: boolean;
}

export class Outcome {
  readonly assigned = element('div', {});
  readonly result = element('div', { 'aria-live': 'polite' });

  /** `known` are those parcels of the register that were taken, by id. */
  constructor(
    private readonly map: MapLibreMap,
    private readonly overlay: Overlay,
    private readonly known: Map<number, Picked>,
  ) {}

  clear(): void {
    this.result.replaceChildren();
    this.assigned.replaceChildren();
    this.overlay.wrong([]);
  }

  tell(what: string): void {
    this.result.replaceChildren(element('p', { class: 'problem', role: 'alert' }, what));
  }

  reveal(): void {
    const shown = this.assigned.hasChildNodes() ? this.assigned : this.result;
    shown.scrollIntoView();
  }

  /** Shows what was found; `change` is called with an operation of the list whose parts are assigned anew. */
  show(checked: Checked, change: (at: number, operation: Operation) => void): void {
    const { traced, report, isOutdated } = checked;
    this.drawAssigned(checked, change);
    if (isOutdated) {
      this.outdate();
      return;
    }
    // The parts of a cut are told where it is refused for what lies on them, too.
    const made = report.made.length > 0 ? report.made : (traced.at(-1)?.made ?? []);
    this.showReport(report, made);
  }

  showReport(report: Report, made = report.made): void {
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

  /** The tables of the cuts that leave something to assign; the violations of assignments stand at them. */
  private drawAssigned(checked: Checked, change: (at: number, operation: Operation) => void): void {
    const tables = checked.traced.flatMap((each, at) => {
      const cut = cutOf(each);
      if (!cut) return [];
      const ref = cut.operation.parcel;
      const parcel = (typeof ref === 'number' && this.known.get(ref)?.parcel) || null;
      const title = `${words('Phân cho các phần của', 'Assigned to the parts of')} ${nameOf({ ref, parcel })}`;
      const put = (operation: Operation) => {
        each.operation = operation;
        checked.isOutdated = true;
        change(at, operation);
        this.outdate();
      };
      return [assigning(title, cut, faultsOf(checked.report.violations), put)];
    });
    this.assigned.replaceChildren(...tables);
  }

  /** The report is not of what is assigned now. */
  private outdate(): void {
    const again = words('Đã phân lại: bấm Kiểm tra để kiểm tra lại.', 'Assigned anew: press Check again.');
    this.result.replaceChildren(element('p', { class: 'quiet' }, again));
  }
}

/** The parcels that a report makes or draws anew, as the map shows them. */
export function sketches({ made }: Report, toMap: (point: PointM) => LonLat): Sketch[] {
  return made.map(({ parcel, after, boundary_m }) => ({
    name: after ? `${parcel}\n${area(after.computed_area_m2, language())}` : parcel,
    rings: boundary_m.map((ring) => ring.map(toMap)),
  }));
}
