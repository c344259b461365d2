/** Splits and mergers as an officer fills them in, and the operations that they become. Pure. */
import type { PartUses } from './assignment.ts';
import type { PointM } from './frame.ts';

export type Way = 'line' | 'equal' | 'areas' | 'merge' | 'transfer';

/** Land that an operation acts on: a parcel of the register by its id, or what an earlier operation of the list makes. */
export type ParcelRef = number | { operation: number; child: number };

/** What an officer has filled in. */
export interface Wish {
  way: Way;
  parcels: ParcelRef[];
  /** The drawn line; of `equal` and `areas` the way that cuts run parallel to. */
  line_m: PointM[];
  parts: number;
  areas_m2: number[];
}

export interface Split {
  kind: 'split';
  parcel: ParcelRef;
  by: Record<string, unknown>;
  /** The uses of each part. */
  uses?: PartUses;
  /** The mortgages and leases of each part, by id. */
  encumbrances?: number[][];
  /** The restrictions of each part, by id. */
  restrictions?: number[][];
}

/** A party: of the register, or as the papers name it. */
export type PartyRef = { party_id: number } | { kind: string; name: string; personal_no: string | null };

export interface Transfer {
  kind: 'transfer';
  parcels: ParcelRef[];
  /** The code of the change. */
  by: string;
  from: number;
  to: { party: PartyRef; share?: string }[];
  old_certificate?: 'annotate' | 'withdraw';
  document: { number: string; signed_on: string; signed_by: string | null };
}

export type Operation = Split | { kind: 'merge'; parcels: ParcelRef[] } | Transfer;

/** Whether the page can fill in operations of a kind; programs may plan others. */
export function isOffered(kind: string): boolean {
  return ['split', 'merge', 'transfer'].includes(kind);
}

/** What of a wish is still missing. */
export type Missing = 'one-parcel' | 'two-parcels' | 'line' | 'direction' | 'parts' | 'areas' | 'transfer';

/** The operation on land that a wish asks for, or what is missing. A transfer has a form of its own. */
export function operationOf({ way, parcels, line_m, parts, areas_m2 }: Wish): Operation | Missing {
  if (way === 'transfer') return 'transfer';
  if (way === 'merge') return parcels.length < 2 ? 'two-parcels' : { kind: 'merge', parcels };
  const [parcel] = parcels;
  if (parcel === undefined || parcels.length > 1) return 'one-parcel';
  if (way === 'line') return line_m.length < 2 ? 'line' : { kind: 'split', parcel, by: { line_m } };
  const [from, to] = line_m;
  if (!from || !to) return 'direction';
  const along_m = [from, to];
  if (way === 'equal') {
    if (!Number.isInteger(parts) || parts < 2) return 'parts';
    return { kind: 'split', parcel, by: { equal: { along_m, parts } } };
  }
  return areas_m2.length === 0 ? 'areas' : { kind: 'split', parcel, by: { areas: { along_m, areas_m2 } } };
}

/** A number as officers type it, `1.234,5` or `1234.5`; none if it is no number. */
export function numberOf(typed: string): number | null {
  const tidy = typed.trim();
  const isGrouped = /^-?\d{1,3}(\.\d{3})+(,\d+)?$/.test(tidy);
  const plain = (isGrouped ? tidy.replaceAll('.', '') : tidy).replace(',', '.');
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

/** An amount as officers type it, `1.200.000.000` or `1 200 000 000`. */
export function amountOf(typed: string): number | null {
  return numberOf(typed.replaceAll(/\s/g, ''));
}

/** Points as typed, a line each, east and north apart by spaces, tabs or a semicolon; and the lines that are none. */
export function pointsOf(typed: string): { points: PointM[]; wrong: number[] } {
  const points: PointM[] = [];
  const wrong: number[] = [];
  for (const [index, line] of typed.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [east = null, north = null, ...more] = line
      .trim()
      .split(/[\s;]+/)
      .map(numberOf);
    if (east === null || north === null || more.length > 0) wrong.push(index + 1);
    else points.push([east, north]);
  }
  return { points, wrong };
}

/** Areas as typed, apart by spaces or semicolons; none if one of them is no area. */
export function areasOf(typed: string): number[] | null {
  const areas = typed
    .split(/[\s;]+/)
    .filter((part) => part !== '')
    .map(numberOf);
  return areas.every((area) => area !== null && area > 0) ? (areas as number[]) : null;
}

/** To the millimetre, as the register keeps coordinates. */
export function rounded([east_m, north_m]: PointM): PointM {
  return [Math.round(east_m * 1000) / 1000, Math.round(north_m * 1000) / 1000];
}

/** The edges of a closed ring, with their lengths. */
export function edgesOf(ring: PointM[]): { from: PointM; to: PointM; length_m: number }[] {
  return ring.slice(0, -1).map((from, index) => {
    const to = ring[index + 1] ?? from;
    return { from, to, length_m: Math.hypot(to[0] - from[0], to[1] - from[1]) };
  });
}
