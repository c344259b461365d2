/** The steps of dossiers, in words. */
import { words } from './i18n.ts';

/** Vietnamese, English. */
const VERBS: Record<string, [string, string]> = {
  file: ['Nộp hồ sơ', 'Filed'],
  receive: ['Tiếp nhận', 'Receive'],
  refuse: ['Không tiếp nhận', 'Refuse'],
  assign: ['Phân công', 'Assign'],
  check: ['Thẩm tra xong, đủ điều kiện', 'Examined, and lawful'],
  'ask-supplement': ['Yêu cầu bổ sung giấy tờ', 'Ask for papers'],
  supplement: ['Đã bổ sung giấy tờ', 'Papers have come'],
  pause: ['Tạm dừng thời hạn', 'Stop the clock'],
  resume: ['Tiếp tục thời hạn', 'Let the clock go on'],
  extend: ['Gia hạn', 'Give more time'],
  'send-to-tax': ['Chuyển thông tin cho cơ quan thuế', 'Sent to the tax office'],
  recall: ['Hủy phiếu chuyển thuế', 'Tax slip cancelled'],
  notify: ['Có thông báo thuế', 'Tax notice has come'],
  pay: ['Đã nộp đủ tiền', 'Everything is paid'],
  amend: ['Sửa thông tin hồ sơ', 'Corrected'],
  recount: ['Tính lại thời hạn', 'Due time counted anew'],
  plan: ['Lập phương án', 'Plan stored'],
  approve: ['Phê duyệt', 'Approve'],
  sign: ['Ký', 'Sign'],
  return: ['Trả kết quả', 'Hand out the result'],
  'ask-withdrawal': ['Công dân yêu cầu rút', 'Citizen asks it back'],
  'keep-on': ['Công dân không rút nữa', 'Citizen leaves it after all'],
  withdraw: ['Trả lại hồ sơ đã rút', 'Give it back'],
  stop: ['Dừng xử lý', 'Stop'],
  reopen: ['Mở lại', 'Reopen'],
};

/** Those that others have to be told why. */
const NEED_REASON = new Set([
  'refuse',
  'ask-supplement',
  'pause',
  'extend',
  'ask-withdrawal',
  'stop',
  'reopen',
]);

/** Those that come with a plan, a slip, a notice or a payment, not by themselves. */
const COME_WITH_OTHERS = new Set([
  'file',
  'send-to-tax',
  'recall',
  'notify',
  'pay',
  'amend',
  'recount',
  'plan',
]);

export function verbName(verb: string): string {
  const [vi, en] = VERBS[verb] ?? [verb, verb];
  return words(vi, en);
}

export function needsReason(verb: string): boolean {
  return NEED_REASON.has(verb);
}

/** Of the steps that a dossier allows, those that an officer takes by saying so. */
export function ownSteps(allowed: string[], competent: string[], isPaused: boolean): string[] {
  const idle = isPaused ? 'pause' : 'resume';
  const isOwn = (verb: string) => competent.includes(verb) && !COME_WITH_OTHERS.has(verb) && verb !== idle;
  return allowed.filter(isOwn);
}

/** Why the clock stands where others have the dossier: Vietnamese, English. */
const PAUSES: Record<string, [string, string]> = {
  supplement: ['chờ bổ sung giấy tờ', 'papers are missing'],
  'tax-notice': ['chờ thông báo thuế', 'waiting for the tax notice'],
  payment: ['chờ nộp tiền', 'waiting for payment'],
  withdrawal: ['công dân yêu cầu rút', 'withdrawal asked'],
};

/** Why the clock of a dossier stands. A reason that an officer wrote is shown as it is. */
export function pauseName(reason: string): string {
  const [vi, en] = PAUSES[reason] ?? [reason, reason];
  return words(vi, en);
}

/** Whether the step itself stops the clock. */
export function isPauseOfStep(reason: string | null): boolean {
  return reason !== null && reason in PAUSES;
}
