/** What lies on a parcel and goes to the parts that it is cut into: proposed by rule, and checked while it is typed. Pure. */

/** One use, as operations and reports have it. */
export interface UseRow {
  code: string;
  /** Tenths of a square metre. */
  area_tenths_m2: number | null;
  origin?: string | null;
  term?: string | null;
}

/** Uses of parts as the server takes them: of each part, none that it has nothing of. */
export type PartUses = { code: string; area_tenths_m2: number }[][];

/**
 * Every use in proportion to the areas of the parts.
 *
 * The last part takes what rounding leaves, so that each use stays as large as it was.
 */
export function proposedUses(uses: UseRow[], areas_m2: number[]): PartUses {
  const total = areas_m2.reduce((sum, area) => sum + area, 0);
  const left = uses.map(({ area_tenths_m2 }) => area_tenths_m2 ?? 0);
  return areas_m2.map((area_m2, part) =>
    uses.flatMap(({ code, area_tenths_m2 }, use) => {
      const rest = left[use] ?? 0;
      const isLast = part === areas_m2.length - 1;
      const own = isLast ? rest : Math.min(rest, Math.round(((area_tenths_m2 ?? 0) * area_m2) / total));
      left[use] = rest - own;
      return own > 0 ? [{ code, area_tenths_m2: own }] : [];
    }),
  );
}

/** An assignment that any parcel can be cut with, to see what parts a cut makes: everything on the first. */
export function probe(uses: UseRow[], parts: number): PartUses {
  const all = uses.map(({ code, area_tenths_m2 }) => ({ code, area_tenths_m2: area_tenths_m2 ?? 0 }));
  const none = all.slice(0, 1).map(({ code }) => ({ code, area_tenths_m2: 0 }));
  return Array.from({ length: parts }, (_, part) => (part === 0 ? all : none));
}

/** How much of each use is still to be assigned, in tenths of a square metre; below nought where too much is. */
export function unassigned(uses: UseRow[], assigned: PartUses): number[] {
  return uses.map(({ code, area_tenths_m2 }) => {
    const given = assigned.flat().filter((row) => row.code === code);
    return (area_tenths_m2 ?? 0) - given.reduce((sum, row) => sum + row.area_tenths_m2, 0);
  });
}

/** By how much the uses of each part are more than its area, in tenths of a square metre. */
export function excess(assigned: PartUses, areas_m2: number[]): number[] {
  return areas_m2.map((area_m2, part) => {
    const sum = (assigned[part] ?? []).reduce((all, row) => all + row.area_tenths_m2, 0);
    return sum - Math.round(area_m2 * 10);
  });
}

/** The same with another area of a use on a part. */
export function withUse(
  assigned: PartUses,
  [part, code]: [number, string],
  area_tenths_m2: number,
): PartUses {
  return assigned.map((rows, index) => {
    if (index !== part) return rows;
    const isThere = rows.some((row) => row.code === code);
    const changed = rows.map((row) => (row.code === code ? { code, area_tenths_m2 } : row));
    const all = isThere ? changed : [...changed, { code, area_tenths_m2 }];
    return all.filter((row) => row.area_tenths_m2 !== 0);
  });
}

/** Ids of what lies on parts, with one laid on a part or taken off it. */
export function toggled(assigned: number[][], [part, id]: [number, number], isLaid: boolean): number[][] {
  return assigned.map((ids, index) => {
    if (index !== part) return ids;
    const others = ids.filter((other) => other !== id);
    return isLaid ? [...others, id] : others;
  });
}
