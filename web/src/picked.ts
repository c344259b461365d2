/** Parcels that an officer works on: as the map shows them, as the register keeps them, and in which revision. */
import { answered, type LonLat, type Parcel, parcelAddress } from './api.ts';
import { Frame, type PointM } from './frame.ts';

export interface Picked {
  /** With its geometry in degrees. */
  parcel: Parcel;
  /** Its rings in metres of its zone, closed, vertex by vertex those in degrees. */
  rings_m: PointM[][];
  /** What an operation on land relies on. */
  etag: string;
}

/** A current parcel, in both coordinates. Read without the officer's name: no person is asked for. */
export async function picked(parcelId: number): Promise<Picked> {
  const address = new URL(parcelAddress(parcelId, 'json'));
  const degrees = await answered(address, { cache: 'no-store' });
  address.searchParams.set('crs', 'zone');
  const metres = await answered(address, { cache: 'no-store' });
  const parcel: Parcel = await degrees.json();
  const inZone: Parcel = await metres.json();
  const rings_m = inZone.geometry.coordinates as PointM[][];
  // Where it changed between the two, the older revision is refused.
  const revision = Math.min(parcel.revision, inZone.revision);
  return { parcel, rings_m, etag: `"${parcelId}-${revision}"` };
}

/** Between degrees and metres around some parcels; none without parcels. */
export function frameOf(parcels: Picked[]): Frame | null {
  const degrees = parcels.flatMap(({ parcel }) => parcel.geometry.coordinates.flat() as LonLat[]);
  const metres = parcels.flatMap(({ rings_m }) => rings_m.flat());
  return degrees.length < 4 ? null : new Frame(degrees, metres);
}
