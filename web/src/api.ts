/** The server's public interface, as far as the map uses it. */
import type { Polygon } from 'geojson';

export type LonLat = [lon: number, lat: number];
export type Box = [west: number, south: number, east: number, north: number];

export interface Commune {
  code: string;
  name: string;
}

export interface LandUseRow {
  code: string;
  name_vi: string;
  name_en: string;
  area_m2: number | null;
  origin: string | null;
  term: string | null;
}

export interface Parcel {
  parcel_id: number;
  national_code: string | null;
  commune: Commune;
  sheet_no: number;
  parcel_no: number;
  address: string | null;
  land_use: LandUseRow[];
  legal_area_m2: number | null;
  computed_area_m2: number;
  zone: number;
  scale_denominator: number | null;
  revision: number;
  in_force_from: string;
  recorded_at: string;
  label_point: LonLat;
  bbox: Box;
  geometry: Polygon;
  register_position: number;
}

export interface SearchResult {
  kind: 'parcel' | 'certificate' | 'address';
  label: string;
  parcel_id: number;
  commune: Commune;
  sheet_no: number;
  parcel_no: number;
  address: string | null;
}

export interface TileJson {
  tiles: string[];
  minzoom: number;
  maxzoom: number;
  bounds?: Box;
}

/** A problem as RFC 9457 has it, with this server's code and what else it tells programs. */
export interface ProblemBody {
  type?: string;
  code?: string;
  title?: string;
  detail?: string;
  [more: string]: unknown;
}

/** An answer that is no success: an RFC 9457 problem, or as much of one as the server gave. */
export class Problem extends Error {
  constructor(
    /** The HTTP status; 0 if no answer came. */
    readonly status: number,
    readonly detail: string,
    readonly body: ProblemBody = {},
  ) {
    super(detail);
  }
}

// Below the page's own address, so that the server may live under a prefix.
export const BASE = new URL('.', location.href);

export function parcelAddress(parcelId: number, format: 'json' | 'geojson'): string {
  const url = new URL(`api/v1/parcels/${parcelId}`, BASE);
  if (format === 'geojson') url.searchParams.set('f', 'geojson');
  return url.href;
}

/** The page that tells what the register ever knew of a parcel. */
export function timelineAddress(parcelId: number): string {
  return new URL(`parcels/${parcelId}/timeline`, BASE).href;
}

/** The page on which citizens report an error on a parcel. */
export function reportAddress(parcelId: number): string {
  return new URL(`follow?parcel=${parcelId}`, BASE).href;
}

export function parcel(parcelId: number, signal: AbortSignal): Promise<Parcel> {
  return answer(parcelAddress(parcelId, 'json'), signal);
}

export async function parcelsAt([lon, lat]: LonLat, signal: AbortSignal): Promise<Parcel[]> {
  const url = new URL('api/v1/identify', BASE);
  url.searchParams.set('lon', lon.toFixed(9));
  url.searchParams.set('lat', lat.toFixed(9));
  return (await answer<{ parcels: Parcel[] }>(url, signal)).parcels;
}

export async function search(query: string, signal: AbortSignal): Promise<SearchResult[]> {
  const url = new URL('api/v1/search', BASE);
  url.searchParams.set('q', query);
  url.searchParams.set('limit', '10');
  return (await answer<{ results: SearchResult[] }>(url, signal)).results;
}

/** The description of the parcel tiles, its addresses made absolute: map workers don't know the page's. */
export async function tileset(signal: AbortSignal): Promise<TileJson> {
  const url = new URL('tiles/parcels.json', BASE);
  const description = await answer<TileJson>(url, signal);
  // `new URL` escapes the braces of the template; MapLibre needs them.
  const absolute = (tile: string) => new URL(tile, url).href.replaceAll('%7B', '{').replaceAll('%7D', '}');
  return { ...description, tiles: description.tiles.map(absolute) };
}

async function answer<T>(url: URL | string, signal: AbortSignal): Promise<T> {
  const response = await answered(url, { signal, headers: { accept: 'application/json' } });
  return (await response.json()) as T;
}

/** A good answer; anything else is a problem. */
export async function answered(url: URL | string, request: RequestInit): Promise<Response> {
  const response = await fetch(url, request).catch((error) => {
    request.signal?.throwIfAborted();
    throw new Problem(0, String(error));
  });
  if (response.ok) return response;
  const body: ProblemBody = await response.json().catch(() => ({}));
  throw new Problem(response.status, body.detail ?? body.title ?? response.statusText, body);
}
