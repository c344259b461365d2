/** An entry of a timeline, in words. */
import { area, day, money } from './format.ts';

export interface Entry {
  kind: string;
  id: number | null;
  revision: number | null;
  legal_from: string;
  legal_until: string | null;
  recorded_from: string;
  recorded_until: string | null;
  operation_id: number | null;
  [fact: string]: unknown;
}

export interface Timeline {
  parcel: {
    parcel_id: number;
    national_code: string | null;
    commune: { code: string; name: string };
    sheet_no: number;
    parcel_no: number;
    legal_area_m2: number | null;
    computed_area_m2: number | null;
    legal_from: string;
    legal_until: string | null;
    is_current: boolean;
  };
  entries: Entry[];
  register_position: number;
}

/** Vietnamese, English. */
export const ENTRY_NAMES: Record<string, [string, string]> = {
  operation: ['Biến động', 'operation'],
  parent: ['Hình thành từ thửa', 'came from parcel'],
  child: ['Chuyển thành thửa', 'became parcel'],
  parcel: ['Thửa đất', 'parcel'],
  'land-use': ['Loại đất', 'land use'],
  right: ['Quyền sử dụng', 'right'],
  certificate: ['Giấy chứng nhận', 'certificate'],
  mortgage: ['Thế chấp', 'mortgage'],
  lease: ['Cho thuê', 'lease'],
  restriction: ['Hạn chế', 'restriction'],
  block: ['Ngăn chặn', 'block'],
};

/** Facts that are said by other means, or are nobody's but the program's. */
const SAID = new Set([
  'kind',
  'id',
  'revision',
  'legal_from',
  'legal_until',
  'recorded_from',
  'recorded_until',
  'operation_id',
  'commune_code',
  'commune_name',
  'party_id',
]);

/** The values of an entry that are known, in the order in which they came. */
export function factsOf(entry: Entry): string {
  const known = Object.entries(entry).filter(([name, value]) => !SAID.has(name) && value !== null);
  return known.map(([name, value]) => fact(name, value)).join(' · ');
}

function fact(name: string, value: unknown): string {
  if (name.endsWith('_m2')) return area(Number(value), 'vi');
  if (name === 'amount_vnd') return money(Number(value), 'vi');
  if (name === 'rank') return `thứ tự ${value}`;
  if (name === 'sheet_no' || name === 'printed_sheet_no') return `tờ ${value}`;
  if (name === 'parcel_no' || name === 'printed_parcel_no') return `thửa ${value}`;
  if (name.startsWith('stops_')) return value === true ? (STOPS[name] ?? name) : '';
  if (Array.isArray(value)) return value.join(', ');
  return WORDS[String(value)] ?? day(String(value));
}

const WORDS: Record<string, string> = {
  use: 'sử dụng',
  management: 'quản lý',
  'ownership-of-assets': 'sở hữu tài sản',
  valid: 'còn hiệu lực',
  withdrawn: 'đã thu hồi',
  cancelled: 'đã hủy',
  exchanged: 'đã cấp đổi',
};

const STOPS: Record<string, string> = {
  stops_issuing: 'dừng cấp giấy',
  stops_transactions: 'dừng giao dịch',
  stops_changes: 'dừng biến động',
};

/** The days of law; one day for what happened at once. */
export function ownSpan({ kind, legal_from, legal_until }: Entry): string {
  const isAtOnce = ['operation', 'parent', 'child'].includes(kind);
  if (isAtOnce) return day(legal_from);
  return `${day(legal_from)} – ${legal_until ? day(legal_until) : '…'}`;
}
