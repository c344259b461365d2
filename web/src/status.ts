/** The ten statuses of dossiers as all systems of the country tell them. */
import { words } from './i18n.ts';

/** From 1 on: Vietnamese, English. */
const STATUSES: [string, string][] = [
  ['Mới đăng ký', 'new'],
  ['Được tiếp nhận', 'received'],
  ['Không được tiếp nhận', 'refused'],
  ['Đang xử lý', 'processing'],
  ['Yêu cầu bổ sung giấy tờ', 'supplement asked'],
  ['Yêu cầu thực hiện nghĩa vụ tài chính', 'payment asked'],
  ['Công dân yêu cầu rút hồ sơ', 'withdrawal asked'],
  ['Dừng xử lý', 'stopped'],
  ['Đã xử lý xong', 'done'],
  ['Đã trả kết quả', 'returned'],
];

export function statusName(number: number): string {
  const [vi, en] = STATUSES[number - 1] ?? [String(number), String(number)];
  return words(vi, en);
}
