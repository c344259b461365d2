/** Numbers and dates as a reader of each language writes them. Vietnamese: decimal comma, thousands dot. */
import type { Language } from './i18n.ts';

const LOCALES: Record<Language, string> = { vi: 'vi-VN', en: 'en-GB' };

/** The locale whose decimal mark the labels on the map use. */
export function locale(language: Language): string {
  return LOCALES[language];
}

/** A number with so many decimals: `1.234,50`. */
export function decimals(value: number, digits: number, language: Language): string {
  const exactly = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return value.toLocaleString(LOCALES[language], exactly);
}

/** An area to one decimal, as certificates print it: `1.234,5 m²`. */
export function area(area_m2: number, language: Language): string {
  return `${decimals(area_m2, 1, language)} m²`;
}

/** A number with its sign, as differences are told: `+0,25`, `−12,00`; without where it is nought. */
export function signed(value: number, digits: number, language: Language): string {
  const size = decimals(Math.abs(value), digits, language);
  const isNought = decimals(0, digits, language) === size;
  return `${isNought ? '' : value < 0 ? '−' : '+'}${size}`;
}

/** An amount of money: `12.500.000 đồng`. */
export function money(value_vnd: number, language: Language): string {
  return `${count(value_vnd, language)} ${language === 'vi' ? 'đồng' : 'VND'}`;
}

/** A whole number with thousands marks: `12.500`. */
export function count(value: number, language: Language): string {
  return value.toLocaleString(LOCALES[language], { maximumFractionDigits: 0 });
}

/** A calendar day `2025-07-01` as `01/07/2025`, the same in both languages; anything else unchanged. */
export function day(iso: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  return parts ? `${parts[3]}/${parts[2]}/${parts[1]}` : iso;
}

/** An instant as day and minute in Viet Nam, wherever the reader is. */
export function instant(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const shifted = inVietNam(date);
  return `${day(shifted.slice(0, 10))} ${shifted.slice(11, 16)}`;
}

/** The day in Viet Nam at an instant: `2025-07-01`. */
export function dayInVietNam(date: Date): string {
  return inVietNam(date).slice(0, 10);
}

/** An instant in ISO 8601 on the clocks of Viet Nam (UTC+7). */
function inVietNam(date: Date): string {
  return new Date(date.getTime() + 7 * 3_600_000).toISOString();
}
