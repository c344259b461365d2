/** Operations that commit together, in their order: what builds on what, and what may change places. Pure. */
import type { Operation, ParcelRef } from './land.ts';

/** The land that an operation names. */
export function refsOf(operation: Operation): ParcelRef[] {
  return operation.kind === 'split' ? [operation.parcel] : operation.parcels;
}

/** Whether the land that an operation names is no parcel any more after it. */
export function consumes({ kind }: Operation): boolean {
  return kind !== 'transfer';
}

export function isSame(one: ParcelRef, other: ParcelRef): boolean {
  if (typeof one === 'number' || typeof other === 'number') return one === other;
  return one.operation === other.operation && one.child === other.child;
}

/** Which operation of a list ended a piece of land; none while it is there. */
export function endedBy(list: Operation[], ref: ParcelRef): number | null {
  const at = list.findIndex((each) => consumes(each) && refsOf(each).some((own) => isSame(own, ref)));
  return at < 0 ? null : at;
}

/** The operations that have nothing to act on without one, that one first. */
export function buildingOn(list: Operation[], at: number): number[] {
  const gone = [at];
  for (const [number, operation] of list.entries()) {
    const isOn = refsOf(operation).some((ref) => typeof ref !== 'number' && gone.includes(ref.operation));
    if (number > at && isOn) gone.push(number);
  }
  return gone;
}

/** The list without an operation and without what builds on it. */
export function without(list: Operation[], at: number): Operation[] {
  const gone = buildingOn(list, at);
  const kept = list.flatMap((_, number) => (gone.includes(number) ? [] : [number]));
  return reordered(list, kept);
}

/** Whether an operation and the next one may change places: the next does not act on what it makes or ends. */
export function maySwap(list: Operation[], at: number): boolean {
  const [one, other] = [list[at], list[at + 1]];
  if (!one || !other || buildingOn(list, at).includes(at + 1)) return false;
  return !refsOf(one).some((ref) => refsOf(other).some((own) => isSame(own, ref)));
}

/** The list with an operation and the next one in each other's places. */
export function swapped(list: Operation[], at: number): Operation[] {
  const order = list.map((_, number) => (number === at ? at + 1 : number === at + 1 ? at : number));
  return reordered(list, order);
}

/** The operations with these numbers, in this order; what they made is named by its new number. */
function reordered(list: Operation[], order: number[]): Operation[] {
  const renamed = (ref: ParcelRef): ParcelRef =>
    typeof ref === 'number' ? ref : { ...ref, operation: order.indexOf(ref.operation) };
  return order.flatMap((number): Operation[] => {
    const operation = list[number];
    if (!operation) return [];
    if (operation.kind === 'split') return [{ ...operation, parcel: renamed(operation.parcel) }];
    return [{ ...operation, parcels: operation.parcels.map(renamed) }];
  });
}
