/** The selected parcel, the shown day and the open dossier in the page's address (`?parcel=ID&at=DAY`), so that a link opens them. */

/** The parcel that an address names, if it is a whole number that a browser carries exactly. */
export function parcelInAddress(href: string): number | null {
  const value = new URL(href).searchParams.get('parcel') ?? '';
  const id = /^\d{1,16}$/.test(value) ? Number(value) : 0;
  return id > 0 && Number.isSafeInteger(id) ? id : null;
}

/** The same address naming another parcel, or none. */
export function addressWithParcel(href: string, parcelId: number | null): string {
  return addressWith(href, 'parcel', parcelId === null ? null : String(parcelId));
}

/** The day that an address names, if the calendar has it: `2024-08-01`. */
export function dayInAddress(href: string): string | null {
  const value = new URL(href).searchParams.get('at') ?? '';
  return isDay(value) ? value : null;
}

/** The same address naming another day, or none. */
export function addressWithDay(href: string, day: string | null): string {
  return addressWith(href, 'at', day);
}

/** The dossier that an address names. */
export function dossierInAddress(href: string): string | null {
  return new URL(href).searchParams.get('dossier') || null;
}

/** The same address naming another dossier, or none. */
export function addressWithDossier(href: string, code: string | null): string {
  return addressWith(href, 'dossier', code);
}

function addressWith(href: string, name: string, value: string | null): string {
  const url = new URL(href);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url.href;
}

/** Whether this is a day as `2024-08-01`, and in the calendar. */
function isDay(value: string): boolean {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : null;
  // A 31st of February is moved into March, or is no date at all.
  return date !== null && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}
