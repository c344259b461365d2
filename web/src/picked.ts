/** Land that an officer works on: parcels of the register and what operations would make of them, in both coordinates. */
import type { Polygon } from 'geojson';
import { answered, type Box, type LonLat, type Parcel, parcelAddress } from './api.ts';
import type { UseRow } from './assignment.ts';
import { Frame, type PointM } from './frame.ts';
import { words } from './i18n.ts';
import type { ParcelRef } from './land.ts';
import type { ReportLine } from './report.ts';

/** An outline in degrees and in metres of its zone, closed, vertex by vertex the same. */
export interface Outlined {
  geometry: Polygon;
  rings_m: PointM[][];
}

export interface Picked extends Outlined {
  ref: ParcelRef;
  bbox: Box;
  uses: UseRow[];
  area_m2: number;
  /** As the register has it; none for what is not there yet. */
  parcel: Parcel | null;
  /** What an operation on land relies on; none for what is not there yet. */
  etag: string | null;
}

/** A current parcel, in both coordinates. Read without the officer's name: no person is asked for. */
export async function picked(parcelId: number): Promise<Picked> {
  const address = new URL(parcelAddress(parcelId, 'json'));
  const degrees = await answered(address, { cache: 'no-store' });
  address.searchParams.set('crs', 'zone');
  const metres = await answered(address, { cache: 'no-store' });
  const parcel: Parcel = await degrees.json();
  const inZone: Parcel = await metres.json();
  // Where it changed between the two, the older revision is refused.
  const revision = Math.min(parcel.revision, inZone.revision);
  const { geometry, bbox, land_use, legal_area_m2, computed_area_m2 } = parcel;
  return {
    ref: parcelId,
    geometry,
    rings_m: inZone.geometry.coordinates as PointM[][],
    bbox,
    uses: land_use.map(({ code, area_m2 }) => ({
      code,
      area_tenths_m2: area_m2 === null ? null : Math.round(area_m2 * 10),
    })),
    area_m2: legal_area_m2 ?? computed_area_m2,
    parcel,
    etag: `"${parcelId}-${revision}"`,
  };
}

/** What an operation of a list would make, as the report of the list tells it. */
export function planned(ref: ParcelRef, { boundary_m, after }: ReportLine, frame: Frame): Picked {
  const rings_m = boundary_m.map(closed);
  const coordinates = rings_m.map((ring) => ring.map((point) => frame.toMap(point)));
  const corners = coordinates.flat();
  const [lons, lats] = [corners.map(([lon]) => lon), corners.map(([, lat]) => lat)];
  return {
    ref,
    geometry: { type: 'Polygon', coordinates },
    rings_m,
    bbox: [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)],
    uses: after?.uses ?? [],
    area_m2: after?.computed_area_m2 ?? 0,
    parcel: null,
    etag: null,
  };
}

/** What an officer calls it. */
export function nameOf({ ref, parcel }: Pick<Picked, 'ref' | 'parcel'>): string {
  if (parcel) {
    return `${words('Tờ', 'Sheet')} ${parcel.sheet_no} ${words('thửa', 'parcel')} ${parcel.parcel_no}`;
  }
  if (typeof ref === 'number') return `${words('Thửa số nội bộ', 'Parcel')} ${ref}`;
  return `${words('Thửa mới', 'New parcel')} ${ref.operation + 1}.${ref.child + 1}`;
}

/** Whether a place of the map lies in it. */
export function covers({ geometry }: Outlined, [lon, lat]: LonLat): boolean {
  const crossings = (geometry.coordinates as LonLat[][]).flatMap((ring) =>
    ring.slice(1).filter(([x, y], before) => {
      const [fromX, fromY] = ring[before] ?? [x, y];
      return fromY > lat !== y > lat && lon < fromX + ((lat - fromY) / (y - fromY)) * (x - fromX);
    }),
  );
  return crossings.length % 2 === 1;
}

/** Between degrees and metres around some parcels; none without parcels. */
export function frameOf(parcels: Outlined[]): Frame | null {
  const degrees = parcels.flatMap(({ geometry }) => geometry.coordinates.flat() as LonLat[]);
  const metres = parcels.flatMap(({ rings_m }) => rings_m.flat());
  return degrees.length < 4 ? null : new Frame(degrees, metres);
}

function closed(ring: PointM[]): PointM[] {
  const [first] = ring;
  return first ? [...ring, first] : [];
}
