/** The two languages of the page and every text in them. */

export type Language = 'vi' | 'en';

const REMEMBERED = 'diaba.language';

const vi = {
  tagline: 'Bản đồ địa chính',
  skipToMap: 'Tới bản đồ',
  switchLanguage: 'English',
  mapLabel: 'Bản đồ thửa đất. Phím mũi tên để di chuyển, + và − để phóng, Enter để xem thửa ở giữa bản đồ.',
  zoomIn: 'Phóng to',
  zoomOut: 'Thu nhỏ',
  wholeMap: 'Xem toàn bộ',
  zoomHint: 'Phóng to để xem thửa đất',
  asOf: 'Xem tại ngày',
  mapAsOf: 'Bản đồ tại ngày',
  backToToday: 'Về hôm nay',
  factsAreToday: 'Thông tin và đường đỏ là của hôm nay, không phải của ngày trên bản đồ.',
  live: 'Cập nhật trực tiếp',
  notLive: 'Mất kết nối, bản đồ có thể đã cũ',
  searchLabel: 'Tìm thửa đất',
  searchPlaceholder: 'Tờ/thửa (3/17), số giấy chứng nhận, địa chỉ',
  searchNothing: 'Không tìm thấy kết quả',
  searchResults: 'Kết quả tìm kiếm',
  searchCount: 'kết quả',
  kind_parcel: 'Thửa đất',
  kind_certificate: 'Giấy chứng nhận',
  kind_address: 'Địa chỉ',
  legend: 'Chú giải',
  legendInView: 'Trong khung nhìn',
  legendAll: 'Tất cả',
  legendEmpty: 'Không có thửa đất trong khung nhìn',
  legendUnknown: 'Mã không có trong danh mục',
  summed: 'Thửa nhỏ ở đây được gộp theo loại đất',
  facts: 'Thông tin thửa đất',
  close: 'Đóng',
  parcel: 'Thửa',
  sheet: 'Tờ bản đồ',
  commune: 'Đơn vị hành chính',
  address: 'Địa chỉ',
  nationalCode: 'Mã định danh thửa đất',
  nationalCodeNone: 'Chưa cấp',
  copy: 'Sao chép',
  copied: 'Đã chép',
  legalArea: 'Diện tích pháp lý',
  computedArea: 'Diện tích theo ranh giới',
  landUse: 'Loại đất',
  origin: 'Nguồn gốc',
  term: 'Thời hạn',
  inForceFrom: 'Hiệu lực từ',
  recordedAt: 'Ghi nhận lúc',
  revision: 'Phiên bản',
  zone: 'Hệ tọa độ VN-2000',
  scale: 'Tỷ lệ bản đồ',
  systemId: 'Số nội bộ',
  registerPosition: 'Vị trí sổ',
  exactness:
    'Ranh giới trên nền bản đồ đã được đơn giản hóa; đường đỏ và liên kết dưới đây là ranh giới chính xác.',
  timeline: 'Lịch sử',
  none: 'Không có',
  several: 'Nhiều thửa tại điểm này',
  justChanged: 'Thửa này vừa thay đổi',
  justEnded: 'Thửa này không còn hiện hành',
  noParcelHere: 'Không có thửa đất tại điểm này',
  noSuchParcel: 'Không tìm thấy thửa đất này',
  serverUnreachable: 'Không kết nối được máy chủ',
  serverFault: 'Máy chủ báo lỗi',
  noGraphics: 'Trình duyệt không vẽ được bản đồ (cần WebGL 2)',
  retry: 'Thử lại',
  desk: 'Bàn làm việc',
  overview: 'Tổng quan',
  follow: 'Theo dõi hồ sơ',
  map: 'Bản đồ',
  pages: 'Các trang',
  skipToWork: 'Tới phần làm việc',
  reportError: 'Báo sai sót',
  attribution: 'Dữ liệu: máy chủ này. Không có giá trị pháp lý; căn cứ vào sổ địa chính.',
};

export type TextKey = keyof typeof vi;

const en: Record<TextKey, string> = {
  tagline: 'Cadastral map',
  skipToMap: 'Skip to the map',
  switchLanguage: 'Tiếng Việt',
  mapLabel: 'Map of parcels. Arrow keys move it, + and − zoom, Enter shows the parcel at the centre.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  wholeMap: 'Show everything',
  zoomHint: 'Zoom in to see parcels',
  asOf: 'As of',
  mapAsOf: 'Map as of',
  backToToday: 'Back to today',
  factsAreToday: 'Facts and red outline are of today, not of the day on the map.',
  live: 'Live',
  notLive: 'Connection lost, the map may be out of date',
  searchLabel: 'Find a parcel',
  searchPlaceholder: 'Sheet/parcel (3/17), certificate number, address',
  searchNothing: 'Nothing found',
  searchResults: 'Search results',
  searchCount: 'results',
  kind_parcel: 'Parcel',
  kind_certificate: 'Certificate',
  kind_address: 'Address',
  legend: 'Legend',
  legendInView: 'In view',
  legendAll: 'All',
  legendEmpty: 'No parcels in view',
  legendUnknown: 'Code not in the list',
  summed: 'Small parcels here are summed up by land use',
  facts: 'Parcel facts',
  close: 'Close',
  parcel: 'Parcel',
  sheet: 'Map sheet',
  commune: 'Administrative unit',
  address: 'Address',
  nationalCode: 'National parcel code',
  nationalCodeNone: 'Not assigned yet',
  copy: 'Copy',
  copied: 'Copied',
  legalArea: 'Legal area',
  computedArea: 'Area by boundary',
  landUse: 'Land use',
  origin: 'Origin',
  term: 'Term',
  inForceFrom: 'In force from',
  recordedAt: 'Recorded at',
  revision: 'Revision',
  zone: 'VN-2000 coordinate system',
  scale: 'Map scale',
  systemId: 'Internal number',
  registerPosition: 'Register position',
  exactness:
    'Outlines of the base map are simplified; the red line and the links below are the exact boundary.',
  timeline: 'Timeline',
  none: 'None',
  several: 'Several parcels at this point',
  justChanged: 'This parcel has just changed',
  justEnded: 'This parcel is no longer current',
  noParcelHere: 'No parcel at this point',
  noSuchParcel: 'This parcel was not found',
  serverUnreachable: 'The server cannot be reached',
  serverFault: 'The server reports a fault',
  noGraphics: 'This browser cannot draw the map (WebGL 2 needed)',
  retry: 'Try again',
  desk: 'Desk',
  overview: 'Overview',
  follow: 'Follow a dossier',
  map: 'Map',
  pages: 'Pages',
  skipToWork: 'Skip to the work',
  reportError: 'Report an error',
  attribution: 'Data: this server. Not legal evidence; the register decides.',
};

const TEXTS: Record<Language, Record<TextKey, string>> = { vi, en };

let current: Language = remembered();
const listeners: (() => void)[] = [];

export function language(): Language {
  return current;
}

/** The text of a key in the current language. */
export function text(key: TextKey): string {
  return TEXTS[current][key];
}

/** One of two texts, where it stands: Vietnamese, English. */
export function words(vi: string, en: string): string {
  return current === 'vi' ? vi : en;
}

/** A name that the server gives in both languages. */
export function named({ name_vi, name_en }: { name_vi: string; name_en: string }): string {
  return words(name_vi, name_en);
}

/** Calls back now and after every change of language. */
export function onLanguage(listener: () => void): void {
  listeners.push(listener);
  listener();
}

export function switchLanguage(): void {
  current = current === 'vi' ? 'en' : 'vi';
  try {
    localStorage.setItem(REMEMBERED, current);
  } catch {
    // A browser that forbids storage forgets the choice; nothing else depends on it.
  }
  for (const listener of listeners) listener();
}

/** Fills `data-text`, `data-label` (aria-label and tooltip) and `data-placeholder` elements of the page. */
export function translatePage(): void {
  document.documentElement.lang = current;
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    element.textContent = text(element.dataset.text as TextKey);
  }
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]')) {
    const label = text(element.dataset.label as TextKey);
    element.setAttribute('aria-label', label);
    if (element.matches('button')) element.title = label;
  }
  for (const element of document.querySelectorAll<HTMLInputElement>('[data-placeholder]')) {
    element.placeholder = text(element.dataset.placeholder as TextKey);
  }
}

function remembered(): Language {
  try {
    return localStorage.getItem(REMEMBERED) === 'en' ? 'en' : 'vi';
  } catch {
    return 'vi';
  }
}
