/** What each operation of a list makes, found out by rehearsing the list operation by operation. */
import { probe, proposedUses, type UseRow } from './assignment.ts';
import type { Operation, ParcelRef, Split } from './land.ts';
import type { Report, ReportLine, State } from './report.ts';
import { consumes, isSame, refsOf } from './steps.ts';

/** More parts than a cut is tried with. */
const MOST_PARTS = 12;

/** What an operation acts on and makes. */
export interface Traced {
  /** With the uses of its parts proposed, where nobody said them. */
  operation: Operation;
  /** The land that it names, as it is before. */
  before: State | null;
  /** The parcels that it makes, as they are right after it. */
  made: ReportLine[];
}

export interface Asked {
  /** A rehearsal of operations. */
  rehearse: (operations: Operation[]) => Promise<Report>;
  /** The uses of a parcel of the register. */
  usesOf: (parcelId: number) => UseRow[];
}

/** Each operation of a list with what it makes; those after one that is not lawful are left out. */
export async function trace(list: Operation[], asked: Asked): Promise<Traced[]> {
  const traced: Traced[] = [];
  const done: Operation[] = [];
  /** What is there, in the order of the reports, and as it was last reported. */
  let there: { ref: ParcelRef; line: ReportLine }[] = [];
  for (const [number, operation] of list.entries()) {
    const named = refsOf(operation);
    const isNamed = (ref: ParcelRef) => consumes(operation) && named.some((own) => isSame(own, ref));
    const kept = there.filter(({ ref }) => !isNamed(ref));
    const [first] = named;
    const old = there.find(({ ref }) => first !== undefined && isSame(ref, first))?.line.after;
    const uses = typeof first === 'number' ? asked.usesOf(first) : (old?.uses ?? []);
    const report = await rehearsed([...done, operation], { asked, uses, kept: kept.length });
    const made = report.made.slice(kept.length);
    if (consumes(operation) && made.length === 0) break;
    const before = old ?? report.retired.find(({ parcel_id }) => parcel_id === first)?.before ?? null;
    const said = operation.kind === 'split' ? proposed(operation, uses, made) : operation;
    traced.push({ operation: said, before, made });
    done.push(said);
    const refs = [...kept.map(({ ref }) => ref), ...made.map((_, child) => ({ operation: number, child }))];
    there = report.made.flatMap((line, index) => {
      const ref = refs[index];
      return ref === undefined ? [] : [{ ref, line }];
    });
  }
  return traced;
}

interface Trial {
  asked: Asked;
  /** The uses of what the last operation cuts. */
  uses: UseRow[];
  /** How many of the report's new parcels come from earlier operations. */
  kept: number;
}

/** The report of operations; what a cut makes is told too where its parts' uses, mortgages or restrictions are not said well. */
async function rehearsed(operations: Operation[], { asked, uses, kept }: Trial): Promise<Report> {
  const report = await asked.rehearse(operations);
  const last = operations.at(-1);
  if (report.made.length > kept || last?.kind !== 'split') return report;
  const before = operations.slice(0, -1);
  const bare: Split = { kind: 'split', parcel: last.parcel, by: last.by };
  if (uses.length < 2) return asked.rehearse([...before, bare]);
  for (let parts = 2; parts <= MOST_PARTS; parts += 1) {
    const tried = await asked.rehearse([...before, { ...bare, uses: probe(uses, parts) }]);
    const isCount = tried.violations.some(({ code }) => code === 'uses-misassigned');
    if (!isCount) return tried;
  }
  return report;
}

/** A cut with the uses of its parts: as said, else in proportion to their areas. What was said of another number of parts is void. */
function proposed(operation: Split, uses: UseRow[], made: ReportLine[]): Split {
  const { uses: said, encumbrances, restrictions, ...cut } = operation;
  const isOf = (parts: unknown[] | undefined) => parts?.length === made.length;
  const areas = made.map(({ after }) => after?.computed_area_m2 ?? 0);
  const own = isOf(said) ? said : uses.length > 1 ? proposedUses(uses, areas) : undefined;
  return {
    ...cut,
    ...(own && { uses: own }),
    ...(isOf(encumbrances) && { encumbrances }),
    ...(isOf(restrictions) && { restrictions }),
  } as Split;
}
