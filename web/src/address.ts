/** The selected parcel in the page's address (`?parcel=ID`), so that a link opens it. */

/** The parcel that an address names, if it is a whole number that a browser carries exactly. */
export function parcelInAddress(href: string): number | null {
  const value = new URL(href).searchParams.get('parcel') ?? '';
  const id = /^\d{1,16}$/.test(value) ? Number(value) : 0;
  return id > 0 && Number.isSafeInteger(id) ? id : null;
}

/** The same address naming another parcel, or none. */
export function addressWithParcel(href: string, parcelId: number | null): string {
  const url = new URL(href);
  if (parcelId === null) url.searchParams.delete('parcel');
  else url.searchParams.set('parcel', String(parcelId));
  return url.href;
}
