/** What the server says of a violation in English, with its numbers and names, in Vietnamese. */
import { day } from './format.ts';

/** English as the server writes it, a `{}` for what differs each time; Vietnamese, with these in their order or by number. */
const DETAILS: [en: string, vi: string][] = [
  // Sizes, uses and areas.
  ['{} m² is less than {} m² ({})', '{} m², nhỏ hơn {} m² ({})'],
  ["{} m on the road's side is less than {} m ({})", 'cạnh giáp đường dài {} m, ngắn hơn {} m ({})'],
  [
    'it has several uses ({}): say which part has which, and how much',
    'thửa có nhiều loại đất ({}): ghi phần nào có loại nào, bao nhiêu',
  ],
  ['uses of {} parts are given, the cut makes {}', 'đã ghi loại đất cho {} phần, đường cắt tạo {} phần'],
  [
    'each part has one use at least, and none twice',
    'mỗi phần có ít nhất một loại đất, không loại nào ghi hai lần',
  ],
  ['{} is no use of the parcel: change its use first', 'thửa không có loại đất {}: chuyển mục đích trước'],
  ['{} is no use of the parcel', 'thửa không có loại đất {}'],
  ['{} has {} m²: the parts must add up to that', '{} có {} m²: cộng các phần phải bằng diện tích đó'],
  [
    'a parcel has one use at least, and none twice',
    'thửa có ít nhất một loại đất, không loại nào ghi hai lần',
  ],
  ['{} is no land use in force', '{} không phải mã loại đất đang có hiệu lực'],
  ['the uses add up to {} m², the parcel to {} m²', 'cộng các loại đất được {} m², thửa có {} m²'],
  [
    '{} m² surveyed, {} m² by the papers: beyond the tolerance of {} m² ({})',
    'đo được {} m², theo giấy tờ {} m²: vượt hạn sai {} m² ({})',
  ],
  ['the area is not between 0 and 1,000,000,000 m²', 'diện tích phải từ 0 đến 1.000.000.000 m²'],
  // Parcels and the list.
  ['nothing to merge', 'không có gì để hợp'],
  [
    'they lie on different sheets: renumber one of the sheets first',
    'các thửa ở các tờ bản đồ khác nhau: đánh lại số tờ trước',
  ],
  [
    'the parties or their shares are not the same: transfer first',
    'người sử dụng hoặc tỷ lệ khác nhau: chuyển quyền trước',
  ],
  ['a {} would move land from commune to commune', '{} sẽ chuyển đất từ xã này sang xã khác'],
  [
    '{} is no parcel of its own at this point of the list',
    '{} không còn hoặc chưa là thửa ở bước này của danh sách',
  ],
  [
    'it, a use or a right of it begins or ends on a day to come: wait for that day, or end it first',
    'thửa, loại đất hoặc quyền bắt đầu hay kết thúc vào ngày sau: chờ đến ngày đó, hoặc kết thúc trước',
  ],
  [
    'the sheet has no number left: one of its parcels has the largest there can be',
    'tờ bản đồ đã có thửa mang số lớn nhất có thể',
  ],
  // Rights, shares, parties.
  ['nobody holds a right in it', 'không ai có quyền trong thửa'],
  ['nobody holds a right in it who could give a {}', 'không ai có quyền trong thửa để {}'],
  [
    'nobody holds a right in it whom the certificate could name',
    'không ai có quyền trong thửa để Giấy chứng nhận ghi tên',
  ],
  ['the shares of its rights ({}) are {}: not one', 'tỷ lệ các quyền ({}) là {}: tổng khác 1'],
  ['the shares of its rights do not add up to one', 'tổng tỷ lệ các quyền khác 1'],
  ['the transfer names nobody who takes', 'chưa ghi bên nhận'],
  ['party {} has no right of this kind in it', 'người số {} không có quyền loại này trong thửa'],
  ['party {} holds no right in it', 'người số {} không có quyền trong thửa'],
  ['{} gives without a valid certificate', '{} chuyển quyền khi không có Giấy chứng nhận còn hiệu lực'],
  ['{} cannot be divided so finely', 'không chia được {} nhỏ như vậy'],
  ['the share of each taker must be said, or of none', 'ghi tỷ lệ của mọi người nhận, hoặc không ghi của ai'],
  ['{} is given, and who gives has {}', 'chuyển {}, bên chuyển chỉ có {}'],
  ['the register has no party {}', 'sổ không có người số {}'],
  ['a party has no name', 'người sử dụng đất chưa có tên'],
  ['a party has a name', 'người sử dụng đất phải có tên'],
  ['its number is that of party {} too', 'số giấy tờ này cũng là của người số {}'],
  ['its number is that of party {}, under another name', 'số giấy tờ này là của người số {} với tên khác'],
  [
    'parties {} have its number and name: say which by id',
    'những người số {} cùng số giấy tờ và tên: chọn theo số nội bộ',
  ],
  [
    'the number of {} may be that of others too: nobody is found by it',
    'số giấy tờ của {} có thể là của nhiều người: không tìm theo số này',
  ],
  ['the number of {} has no known form', 'số giấy tờ của {} không đúng dạng nào đã biết'],
  ['{} becomes a new party; {} of the same name', '{} sẽ là người mới; trong sổ đã có người cùng tên, số {}'],
  // Mortgages, leases, restrictions, blocks.
  [
    'each of its mortgages and leases, and no other, goes to one part at least that it lies on, and to none that it does not lie on',
    'mỗi thế chấp, cho thuê của thửa, không thêm cái nào khác, phải ghi cho ít nhất một phần mà nó nằm trên, không ghi cho phần khác',
  ],
  [
    'each of its restrictions, and no other, goes to one part at least that it lies on, and to none that it does not lie on',
    'mỗi hạn chế của thửa, không thêm cái nào khác, phải ghi cho ít nhất một phần mà nó nằm trên, không ghi cho phần khác',
  ],
  [
    'mortgage {} stays on it: the mortgagee must have agreed',
    'thế chấp {} vẫn còn trên thửa: bên nhận thế chấp phải đồng ý',
  ],
  [
    'it is mortgaged already: the earlier mortgage goes first',
    'thửa đã thế chấp: thế chấp trước được ưu tiên',
  ],
  ['its holders have no valid certificate', 'người sử dụng không có Giấy chứng nhận còn hiệu lực'],
  ['the mortgage does not say what it secures', 'thế chấp chưa ghi nghĩa vụ được bảo đảm'],
  ['the sub-kind of a mortgage is 0 to 10, its rank 1 or more', 'loại thế chấp từ 0 đến 10, thứ tự từ 1'],
  ['another mortgage has rank {}', 'thế chấp khác đã có thứ tự {}'],
  ['an amount is more than nothing, or is not said', 'số tiền lớn hơn 0, hoặc để trống'],
  ['no such {} lies on it', 'thửa không có {} này'],
  ['no restriction {} lies on it', 'thửa không có hạn chế số {}'],
  ['no block {} lies on it or on what it came from', 'thửa và thửa gốc không có ngăn chặn số {}'],
  [
    'block {} lies on {} too: name that with it, and lay the block anew where it is to stay',
    'ngăn chặn số {} còn nằm trên {}: nêu cả thửa đó, rồi ghi ngăn chặn lại trên thửa còn bị ngăn chặn',
  ],
  ['block {} lies on no certificate or person', 'không Giấy chứng nhận hay người nào có ngăn chặn số {}'],
  ['no {} {} lies on it', 'thửa không có {} số {}'],
  [
    'the block stops nothing: set issuing, transactions or changes',
    'ghi ngăn chặn việc gì: cấp giấy, giao dịch hay biến động',
  ],
  ['it names no parcel, certificate or person', 'chưa ghi thửa, Giấy chứng nhận hay người nào'],
  ['the letter does not say whose it is', 'văn bản chưa ghi cơ quan ban hành'],
  ['a block on a person says the name', 'ngăn chặn một người phải ghi tên'],
  ['{} stopped by letter {} of {}, on parcel {}', '{} bị dừng theo văn bản {} của {}, trên thửa {}'],
  [
    '{} stopped by letter {} of {}, on certificate {}',
    '{} bị dừng theo văn bản {} của {}, trên Giấy chứng nhận {}',
  ],
  ['{} stopped by letter {} of {}, on {}', '{} bị dừng theo văn bản {} của {}, đối với {}'],
  [
    'letter {} of {} blocks a person called {}: make sure that it is not this one',
    'văn bản {} của {} ngăn chặn một người tên {}: kiểm tra có phải người này không',
  ],
  ['it would have ended already', 'ngày kết thúc đã qua'],
  ['it cannot have been received at a time to come', 'thời điểm tiếp nhận ở tương lai'],
  ['the part is no lawful outline: {}', 'hình phần đất không hợp lệ: {}'],
  ['the part lies outside the parcel', 'phần đất nằm ngoài thửa'],
  // Certificates and papers.
  ['{} is the serial of a valid certificate', 'số phát hành {} là của Giấy chứng nhận còn hiệu lực'],
  ["{} has the form of no certificate's serial", '{} không đúng dạng số phát hành nào'],
  ["{} has {} digits, and today's forms have {} ({})", '{} có {} chữ số, mẫu hiện nay có {} ({})'],
  ['certificate {} does not cover it', 'Giấy chứng nhận {} không ghi thửa này hay thửa gốc'],
  ['certificate {} does not name it', 'Giấy chứng nhận {} không ghi thửa này'],
  [
    'the right of {} stands on another valid certificate',
    'quyền của {} đã có Giấy chứng nhận khác còn hiệu lực',
  ],
  [
    'certificate {} still gives {} of it to {}: withdraw it, exchange it, or write the change on it',
    'Giấy chứng nhận {} còn ghi {} của {}: thu hồi, cấp đổi, hoặc xác nhận thay đổi',
  ],
  [
    'certificate {} names only parcels that end: withdraw or exchange it',
    'Giấy chứng nhận {} chỉ ghi thửa không còn: thu hồi hoặc cấp đổi',
  ],
  [
    'certificate {} covers {} too: name these, or write on it what has changed',
    'Giấy chứng nhận {} còn ghi {}: nêu cả các thửa đó, hoặc xác nhận thay đổi',
  ],
  ['certificate {} is {}', 'Giấy chứng nhận {} {}'],
  ['the register has no certificate {}', 'sổ không có Giấy chứng nhận {}'],
  ['nothing is to be written', 'chưa có nội dung cần ghi'],
  [
    'the numbers printed are those of one parcel: name that alone',
    'số tờ, số thửa in trên giấy là của một thửa: chỉ nêu thửa đó',
  ],
  ['it says nothing to be corrected', 'chưa có nội dung đính chính'],
  [
    'a party is corrected by its id and its particulars',
    'đính chính người sử dụng phải ghi số nội bộ và thông tin đúng',
  ],
  ['the paper that it is registered by has no number', 'văn bản làm căn cứ chưa có số'],
  ['paper {} is dated {}, and today is {}', 'văn bản {} ghi ngày {}, hôm nay là {}'],
  ['paper {} is dated {}, the parcel is there since {}', 'văn bản {} ghi ngày {}, thửa có từ {}'],
  ['the certificate is dated {}, and today is {}', 'Giấy chứng nhận ghi ngày {}, hôm nay là {}'],
  ['the certificate is dated {}, the parcel is there since {}', 'Giấy chứng nhận ghi ngày {}, thửa có từ {}'],
  [
    '{} is no code of a change in force that a {} is registered under',
    '{} không phải mã biến động có hiệu lực dùng cho {}',
  ],
  ['{} is dated {}, and today is {}', '{} ghi ngày {}, hôm nay là {}'],
  ['{} is dated {}, the parcel is there since {}', '{} ghi ngày {}, thửa có từ {}'],
  // Sheets and communes.
  [
    'dossier {} is open and has parcels there: a plan that it holds must be made anew',
    'hồ sơ {} đang giữ thửa ở đó: phương án của hồ sơ phải lập lại',
  ],
  ['{} has parcels too: say which sheet it becomes', '{} cũng có thửa: ghi tờ đó thành tờ nào'],
  ['{} stands twice', '{} ghi hai lần'],
  ['there is no commune {} today: add it first', 'hôm nay không có xã {}: thêm xã trước'],
  ['{} is, or was, another sheet, or no number of one', '{} là hoặc từng là tờ khác, hoặc không phải số tờ'],
  [
    '{} → {}: {} has no parcel {}, or it is given twice, or {} is no number',
    '{} → {}: {} không có thửa {}, hoặc ghi hai lần, hoặc {} không phải số thửa',
  ],
  [
    '{} of {} and a parcel of {} would both be {} of {}',
    'thửa {} của {} và một thửa của {} sẽ cùng là {} của {}',
  ],
  [
    "{} lies in another zone or province's register than what else becomes {}: take another number",
    '{} ở múi chiếu hoặc sổ của tỉnh khác với phần còn lại thành {}: lấy số khác',
  ],
  ['{} has no parcels, or is none of a commune of today', '{} không có thửa, hoặc không thuộc xã hiện nay'],
];

/** Words of the server's that stand for themselves in a detail. */
const WORDS: Record<string, string> = {
  split: 'tách thửa',
  merge: 'hợp thửa',
  adjust: 'sửa ranh giới',
  transfer: 'chuyển quyền',
  mortgage: 'thế chấp',
  lease: 'cho thuê',
  discharge: 'xóa thế chấp',
  'end-lease': 'xóa cho thuê',
  restrict: 'ghi hạn chế',
  lift: 'xóa hạn chế',
  'change-use': 'chuyển mục đích',
  'issue-certificate': 'cấp Giấy chứng nhận',
  use: 'quyền sử dụng',
  management: 'quản lý',
  'ownership-of-assets': 'sở hữu tài sản',
  withdrawn: 'đã thu hồi',
  cancelled: 'đã hủy',
  exchanged: 'đã cấp đổi',
  issuing: 'cấp giấy',
  transactions: 'giao dịch',
  changes: 'biến động',
};

const PATTERNS = DETAILS.map(([en, vi]) => {
  const parts = en.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return { pattern: new RegExp(`^${parts.join('(.+?)')}$`, 's'), vi };
});

/** A detail in Vietnamese; none where the server says something else. */
export function inVietnamese(detail: string): string | null {
  for (const { pattern, vi } of PATTERNS) {
    const [whole, ...found] = pattern.exec(detail) ?? [];
    if (whole === undefined) continue;
    return vi.split('{}').reduce((all, part, index) => all + told(found[index - 1] ?? '') + part);
  }
  return null;
}

/** Numbers with a decimal comma, days as they are written, words in Vietnamese; anything else as it is. */
function told(value: string): string {
  if (/^-?\d+\.\d+$/.test(value)) return value.replace('.', ',');
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return day(value);
  const words = value.split(' and ');
  return words.every((word) => word in WORDS) ? words.map((word) => WORDS[word]).join(', ') : value;
}
