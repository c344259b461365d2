/** What can be wrong with operations, in the officers' words. */
import { inVietnamese } from './detail.ts';
import { language } from './i18n.ts';

/** A violation as the server reports it. */
export interface Violation {
  code: string;
  severity: 'error' | 'warning';
  place?: { zone: number | null; x: number; y: number };
  area_m2?: number;
  length_m?: number;
  parcels: string[];
  detail: string;
}

/** Vietnamese; English is in the violation itself. */
export const VIOLATION_NAMES: Record<string, string> = {
  // The line.
  'line-empty': 'Đường vẽ chưa có hai điểm khác nhau',
  'line-too-many-points': 'Đường vẽ có quá nhiều điểm',
  'line-outside-zone': 'Có điểm của đường vẽ nằm ngoài múi chiếu',
  'line-crosses-itself': 'Đường vẽ tự cắt hoặc tự chạm',
  'line-misses-parcel': 'Đường vẽ không đi qua thửa',
  'line-touches-only': 'Đường vẽ chỉ chạm ranh giới',
  'line-follows-boundary': 'Đường vẽ chạy dọc ranh giới',
  'line-ends-inside': 'Đường vẽ bắt đầu hoặc kết thúc trong thửa',
  'line-crosses-hole': 'Đường vẽ đi qua phần khuyết của thửa',
  'line-leaves-parcels': 'Ranh giới mới đi ra ngoài hai thửa',
  'zones-differ': 'Các thửa thuộc các múi chiếu khác nhau',
  'too-few-parcels': 'Chưa đủ số thửa cần thiết',
  'parcels-touch-at-a-point': 'Các thửa chỉ chạm nhau tại một điểm',
  'parcels-apart': 'Các thửa không liền nhau',
  'shared-boundary-unclear': 'Ranh giới chung có nhiều đoạn, chưa rõ sửa đoạn nào',
  'not-two-parcels': 'Ranh giới mới không chia đất thành hai thửa',
  'direction-missing': 'Chưa có hướng cắt',
  'area-cannot-be-met': 'Không cắt được số thửa hoặc diện tích yêu cầu',
  'area-in-pieces': 'Phần cắt theo diện tích bị rời thành nhiều mảnh',
  'monument-not-on-edge': 'Mốc không nằm trên cạnh thửa',
  'strip-does-not-fit': 'Dải đất dọc cạnh không đủ chỗ',
  // What is left on the ground.
  'parcels-overlap': 'Các thửa chồng lấn nhau',
  'parcels-reserved': 'Có thửa đang được giữ cho hồ sơ khác',
  'gap-between-parcels': 'Có phần đất không còn thuộc thửa nào',
  'land-added': 'Thửa lấn sang đất chưa thuộc thửa nào',
  'vertex-unshared': 'Đỉnh thửa chưa trùng với cạnh thửa liền kề',
  sliver: 'Thửa quá hẹp (dưới 0,05 m)',
  'parcel-too-small': 'Thửa nhỏ hơn diện tích tối thiểu được tách',
  'front-too-narrow': 'Mặt tiền hẹp hơn kích thước tối thiểu',
  'parcel-too-shallow': 'Chiều sâu nhỏ hơn kích thước tối thiểu',
  'area-outside-tolerance': 'Diện tích lệch so với giấy tờ quá hạn sai cho phép',
  'area-out-of-range': 'Diện tích hạn chế lớn hơn thửa hoặc không hợp lệ',
  'parcel-not-there': 'Không có thửa này ở bước đó',
  'communes-differ': 'Các thửa thuộc các xã khác nhau',
  'sheets-differ': 'Các thửa thuộc các tờ bản đồ khác nhau',
  'no-such-sheet': 'Không có tờ bản đồ này',
  'sheet-unmapped': 'Có tờ bản đồ chưa nói chuyển thành tờ nào',
  'sheet-moved-twice': 'Một tờ bản đồ được chuyển hai lần',
  'sheet-number-taken': 'Số tờ bản đồ đã có',
  'commune-unknown': 'Không có đơn vị hành chính này vào ngày đó',
  'parcel-number-taken': 'Số thửa đã có hoặc đã từng dùng',
  'parcel-number-misassigned': 'Số thửa mới không gán đúng thửa cũ',
  'numbers-exhausted': 'Tờ bản đồ đã hết số thửa',
  'change-scheduled': 'Thửa đã có biến động ghi cho ngày sau',
  // Uses.
  'uses-unassigned': 'Thửa có nhiều loại đất, chưa nói phần nào thuộc thửa nào',
  'uses-misassigned': 'Loại đất phân cho các thửa mới không khớp với thửa cũ',
  'uses-unclear': 'Các loại đất ghi chưa rõ',
  'use-not-there': 'Thửa không có loại đất này',
  'use-areas-wrong': 'Diện tích các loại đất không bằng diện tích thửa',
  'use-areas-differ': 'Diện tích các loại đất không khớp diện tích thửa',
  'land-use-unknown': 'Mã loại đất không có trong danh mục',
  // Holders and shares.
  'rights-differ': 'Các thửa không cùng người sử dụng hoặc tỷ lệ',
  'shares-not-whole': 'Tổng tỷ lệ sử dụng khác 1',
  'shares-unsaid': 'Chưa ghi tỷ lệ của từng người nhận',
  'share-too-fine': 'Tỷ lệ quá nhỏ, không chia được',
  'giver-share-too-small': 'Người chuyển không có đủ tỷ lệ',
  'giver-without-right': 'Người chuyển không có quyền trong thửa',
  'nobody-takes': 'Chưa có người nhận',
  'no-holder': 'Không có người sử dụng phù hợp',
  'party-nameless': 'Thiếu tên người sử dụng đất',
  'party-not-there': 'Không có người này trong sổ',
  'party-unclear': 'Nhiều người trùng thông tin, cần chọn theo số nội bộ',
  'party-may-be-known': 'Có thể người này đã có trong sổ',
  'party-name-differs': 'Số giấy tờ đã ghi cho tên khác',
  'party-number-form': 'Số giấy tờ không đúng dạng',
  'party-number-taken': 'Số giấy tờ đã thuộc người khác',
  'party-number-not-unique': 'Số giấy tờ này có ở nhiều người',
  'party-without-right': 'Người này không có quyền trong thửa',
  // Mortgages, leases, restrictions, blocks.
  blocked: 'Đang bị ngăn chặn',
  'encumbrances-misassigned': 'Thế chấp, cho thuê phân cho các thửa mới không khớp',
  'restrictions-misassigned': 'Hạn chế phân cho các thửa mới không khớp',
  'mortgage-stands': 'Thửa đang thế chấp',
  'mortgage-not-there': 'Không có thế chấp này',
  'mortgage-not-first': 'Thửa đã có thế chấp khác trước đó',
  'mortgage-rank-taken': 'Hai thế chấp cùng một thứ tự ưu tiên',
  'mortgage-amount-missing': 'Thế chấp chưa ghi nghĩa vụ được bảo đảm',
  'mortgage-out-of-range': 'Loại hoặc thứ tự thế chấp không hợp lệ',
  'amount-not-positive': 'Số tiền phải lớn hơn 0',
  'lease-not-there': 'Không có cho thuê này',
  'restriction-not-there': 'Không có hạn chế này',
  'block-not-there': 'Không có ngăn chặn này',
  'block-lies-on-others': 'Ngăn chặn còn nằm trên thửa khác, phải nêu cả các thửa đó',
  'block-without-target': 'Ngăn chặn chưa nói thửa, giấy chứng nhận hay người nào',
  'block-stops-nothing': 'Ngăn chặn chưa nói dừng việc gì',
  'person-maybe-blocked': 'Có thể người này đang bị ngăn chặn',
  'agency-missing': 'Văn bản chưa ghi cơ quan ban hành',
  'end-in-past': 'Ngày kết thúc đã qua',
  'part-outside-parcel': 'Phần đất nêu ra nằm ngoài thửa',
  'part-unlawful': 'Hình phần đất nêu ra không hợp lệ',
  // Certificates and papers.
  'no-valid-certificate': 'Thửa không có Giấy chứng nhận còn hiệu lực',
  'certificate-not-there': 'Sổ không có Giấy chứng nhận này',
  'certificate-ended': 'Giấy chứng nhận không còn hiệu lực',
  'certificate-covers-others': 'Giấy chứng nhận còn ghi thửa khác',
  'certificate-not-of-parcel': 'Giấy chứng nhận không phải của thửa này',
  'certificate-names-former-holder': 'Giấy chứng nhận còn ghi người không còn quyền',
  'certificate-to-withdraw': 'Giấy chứng nhận phải thu hồi',
  'right-has-certificate': 'Quyền này đã có Giấy chứng nhận',
  'serial-form': 'Số phát hành không đúng dạng',
  'serial-of-another-form': 'Số phát hành thuộc mẫu của thời kỳ khác',
  'serial-taken': 'Số phát hành đã dùng',
  'annotation-empty': 'Chưa có nội dung xác nhận thay đổi',
  'correction-empty': 'Chưa có nội dung đính chính',
  'correction-unclear': 'Nội dung đính chính chưa rõ',
  'document-without-number': 'Văn bản chưa có số',
  'date-in-future': 'Ngày ở tương lai',
  'date-before-parcel': 'Ngày trước khi có thửa',
  'change-code-unknown': 'Mã loại biến động không dùng được cho việc này',
};

/** What is wrong, in the reader's language. */
export function violationName({ code, detail }: Violation): string {
  if (language() === 'en') return detail;
  return VIOLATION_NAMES[code] ?? code;
}

/** More of what is wrong, where the name does not say it already. */
export function violationDetail({ detail }: Violation): string | null {
  return language() === 'en' ? null : inVietnamese(detail);
}
