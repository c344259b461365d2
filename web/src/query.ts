/** What an officer types into the search box, in the one spelling that the server expects. */

/**
 * Sheet and parcel (`Tờ 3 thửa 17`, `3 / 17`) become `3/17`; a certificate serial (`aa00000001`) becomes
 * `AA 00000001`; anything else is passed on with its spaces tidied.
 */
export function normalizeQuery(typed: string): string {
  const tidy = typed.normalize('NFC').trim().replace(/\s+/g, ' ');
  return sheetAndParcel(tidy) ?? serial(tidy) ?? tidy;
}

function sheetAndParcel(tidy: string): string | null {
  const numbers =
    /^(\d{1,6}) ?\/ ?(\d{1,6})$/.exec(tidy) ??
    /^t[ờo] (?:b[ảa]n đ[ồo] )?(?:s[ốo] )?(\d{1,6})[ ,;]+th[ửu]a (?:đ[ấa]t )?(?:s[ốo] )?(\d{1,6})$/i.exec(
      tidy,
    );
  return numbers ? `${numbers[1]}/${numbers[2]}` : null;
}

/** Two letters and six (to 2024) or eight digits, as printed on certificates. */
function serial(tidy: string): string | null {
  const parts = /^([a-zđ]{2}) ?(\d{6}|\d{8})$/i.exec(tidy);
  return parts ? `${parts[1]?.toUpperCase()} ${parts[2]}` : null;
}
