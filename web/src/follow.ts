/** Citizens: follow a dossier by its code, rate what came of it, report an error on a parcel, object to a posted list. */
import './page.css';
import { parcelInAddress } from './address.ts';
import { answered, BASE, type Parcel, parcel as parcelOf, search } from './api.ts';
import { byId, element } from './dom.ts';
import { button, choice, facts, field, form } from './form.ts';
import { day, instant, money } from './format.ts';
import { language, onLanguage, switchLanguage, translatePage, words } from './i18n.ts';
import { told } from './problem.ts';
import { normalizeQuery } from './query.ts';
import { statusName } from './status.ts';
import { pauseName } from './verbs.ts';

/** Where a dossier stands; the last three for who knows the applicant's digits. */
interface Followed {
  code: string;
  procedure_vi: string;
  procedure_en: string;
  status: number;
  received_at: string | null;
  due_at: string | null;
  is_late: boolean;
  is_paused: boolean;
  paused_for: string | null;
  steps: { status: number; at: string; reason?: string }[];
  summary?: string | null;
  parcels?: number[];
  notices?: { notice_no: string; amount_vnd: number; paid_vnd: number; pay_until: string | null }[];
}

interface Posting {
  posting: number;
  dossier: string;
  content: string;
  posted_on: string;
  until: string;
}

/** Statuses in which something has come of a dossier. */
const ENDED = new Set([3, 8, 9, 10]);

onLanguage(translatePage);
byId('language').addEventListener('click', switchLanguage);
onLanguage(() => byId('page').replaceChildren(pageOf()));

function pageOf(): HTMLElement {
  return element('div', { class: 'columns' }, following(), element('div', {}, reporting(), objecting()));
}

function part(name: string, ...content: (Node | string)[]): HTMLElement {
  return element('section', {}, element('h2', {}, name), ...content);
}

function following(): HTMLElement {
  const code = element('input', { type: 'text', required: true, spellcheck: 'false', autocomplete: 'off' });
  code.placeholder = 'H29.3-261122-0001';
  code.value = new URL(location.href).searchParams.get('code') ?? '';
  const proof = element('input', { type: 'text', inputmode: 'numeric', pattern: '\\d{4}', maxlength: '4' });
  proof.autocomplete = 'off';
  const result = element('div', { 'aria-live': 'polite' });
  const follow = async () => {
    await told(result, async () => {
      const url = new URL(`api/v1/follow/${encodeURIComponent(code.value.trim().toUpperCase())}`, BASE);
      if (proof.value) url.searchParams.set('proof', proof.value);
      const response = await answered(url, { cache: 'no-store' });
      result.replaceChildren(...standOf(await response.json(), proof.value));
    });
  };
  const hint = words(
    'Bốn số cuối điện thoại hoặc số định danh khi nộp hồ sơ. Không bắt buộc; có thì xem được thửa đất, khoản phải nộp và đánh giá.',
    'The last four digits of the telephone or personal number that it was filed with. Not needed, but shows more.',
  );
  const asked = form(
    words('Xem', 'Look'),
    follow,
    field(
      words('Mã hồ sơ', 'Dossier’s code'),
      code,
      words('Ghi trên giấy tiếp nhận', 'It stands on the receipt'),
    ),
    field(words('Bốn số cuối', 'Last four digits'), proof, hint),
  );
  if (code.value) void follow();
  return part(words('Theo dõi hồ sơ', 'Follow a dossier'), asked, result);
}

function standOf(followed: Followed, proof: string): HTMLElement[] {
  const { code, procedure_vi, procedure_en, status, received_at, due_at, is_late, is_paused, paused_for } =
    followed;
  const late = is_late ? ` (${words('trễ hạn', 'late')})` : '';
  const stand = element(
    'div',
    { class: 'stand' },
    element('h3', {}, code),
    facts([
      [words('Thủ tục', 'Procedure'), words(procedure_vi, procedure_en)],
      [words('Tình trạng', 'Status'), element('b', {}, statusName(status))],
      [words('Nội dung', 'What is wanted'), followed.summary ?? null],
      [words('Tiếp nhận', 'Received'), received_at && instant(received_at)],
      [words('Hẹn trả', 'Due'), due_at && instant(due_at) + late],
      [
        words('Đang dừng', 'Stands'),
        is_paused
          ? paused_for
            ? pauseName(paused_for)
            : words('văn phòng tạm dừng', 'stopped by the office')
          : null,
      ],
      [words('Phải nộp', 'To pay'), paymentsOf(followed)],
      [words('Thửa đất', 'Parcels'), parcelsOf(followed)],
    ]),
    element('h3', {}, words('Quá trình', 'What was done')),
    stepsOf(followed),
  );
  return ENDED.has(status) ? [stand, rating(code, proof)] : [stand];
}

function stepsOf({ steps }: Followed): HTMLElement {
  const rows = [...steps].reverse().map(({ status, at, reason }) => {
    const line = element('li', {}, `${instant(at)} · ${statusName(status)}`);
    if (reason) line.append(element('span', { class: 'detail' }, reason));
    return line;
  });
  return element('ol', { class: 'past' }, ...rows);
}

function paymentsOf({ notices = [] }: Followed): HTMLElement | null {
  if (notices.length === 0) return null;
  const rows = notices.map(({ notice_no, amount_vnd, paid_vnd, pay_until }) => {
    const left = money(Math.max(amount_vnd - paid_vnd, 0), language());
    const until = pay_until ? ` · ${words('hạn', 'until')} ${day(pay_until)}` : '';
    return element(
      'li',
      {},
      `${words('Thông báo', 'Notice')} ${notice_no}: ${words('còn', 'left')} ${left}${until}`,
    );
  });
  return element('ul', { class: 'picks' }, ...rows);
}

function parcelsOf({ parcels = [] }: Followed): HTMLElement | null {
  if (parcels.length === 0) return null;
  const links = parcels.map((id) => {
    const link = element('a', { href: `/?parcel=${id}` }, words('Xem trên bản đồ', 'On the map'));
    void parcelOf(id, new AbortController().signal)
      .then(({ sheet_no, parcel_no }) => {
        link.textContent = `${words('Tờ', 'Sheet')} ${sheet_no} ${words('thửa', 'parcel')} ${parcel_no}`;
      })
      .catch(() => {
        link.href = `/parcels/${id}/timeline`;
        link.textContent = words('Lịch sử thửa', 'Timeline of a parcel');
      });
    return element('li', {}, link);
  });
  return element('ul', { class: 'picks' }, ...links);
}

function rating(code: string, known: string): HTMLElement {
  const scores: [string, string][] = [
    ['5', words('Rất hài lòng', 'Very satisfied')],
    ['3', words('Hài lòng', 'Satisfied')],
    ['1', words('Không hài lòng', 'Not satisfied')],
  ];
  const given: Record<string, number> = {};
  const asked = (key: string, name: string, isRequired: boolean) => {
    const set = choice(name, scores, null, (score) => {
      given[key] = Number(score);
    });
    set.className = 'scores';
    for (const input of set.querySelectorAll('input')) input.required = isRequired;
    return set;
  };
  const proof = element('input', {
    type: 'text',
    inputmode: 'numeric',
    pattern: '\\d{4}',
    maxlength: '4',
    required: true,
  });
  proof.value = known;
  const content = element('textarea', { rows: '3', maxlength: '2000' });
  const result = element('div', { 'aria-live': 'polite' });
  const rate = async () => {
    const body = { ...given, proof: proof.value, content: content.value };
    await send(result, `api/v1/follow/${encodeURIComponent(code)}/rating`, body);
  };
  return element(
    'div',
    {},
    element('h3', {}, words('Đánh giá kết quả', 'Rate the result')),
    form(
      words('Gửi đánh giá', 'Send'),
      rate,
      asked('score', words('Nói chung', 'All in all'), true),
      asked('time', words('Thời gian giải quyết', 'Time'), false),
      asked('attitude', words('Thái độ phục vụ', 'How officers were'), false),
      asked('papers', words('Giấy tờ yêu cầu', 'Papers asked for'), false),
      field(words('Góp ý', 'Comment'), content),
      field(words('Bốn số cuối', 'Last four digits'), proof),
      result,
    ),
  );
}

function reporting(): HTMLElement {
  let chosen: Parcel | null = null;
  const shown = element('p', {});
  const result = element('div', { 'aria-live': 'polite' });
  const take = (parcel: Parcel) => {
    chosen = parcel;
    const { sheet_no, parcel_no, commune, address } = parcel;
    const name = `${words('Thửa', 'Parcel')} ${parcel_no}, ${words('tờ', 'sheet')} ${sheet_no}, ${commune.name}`;
    shown.replaceChildren(element('b', {}, name), address ? ` · ${address}` : '');
    found.replaceChildren();
  };
  const { signal } = new AbortController();
  const query = element('input', { type: 'text', spellcheck: 'false', placeholder: '3/17' });
  const found = element('div', { class: 'buttons' });
  const find = async () => {
    await told(result, async () => {
      const results = await search(normalizeQuery(query.value), signal);
      const names = results.map(({ parcel_id, label, commune }) =>
        button(`${label} ${commune.name}`, async () => take(await parcelOf(parcel_id, signal)), 'small'),
      );
      found.replaceChildren(...(names.length > 0 ? names : [words('Không tìm thấy thửa', 'No such parcel')]));
    });
  };
  const finder = form(
    words('Tìm', 'Find'),
    find,
    field(words('Tờ/thửa, số Giấy chứng nhận hoặc địa chỉ', 'Sheet/parcel, certificate or address'), query),
    found,
  );
  finder.className = 'inline';
  const linked = parcelInAddress(location.href);
  if (linked !== null) void told(result, async () => take(await parcelOf(linked, signal)));

  const say = async () => {
    if (chosen) await send(result, `api/v1/parcels/${chosen.parcel_id}/reports`, saying.said());
    else
      result.replaceChildren(
        element('p', { class: 'problem' }, words('Hãy tìm thửa đất trước.', 'Find the parcel first.')),
      );
  };
  const saying = sayingOf(words('Sai sót', 'What is wrong'));
  const sent = form(words('Gửi', 'Send'), say, ...saying.fields, result);
  return part(words('Báo sai sót của thửa đất', 'Report an error on a parcel'), finder, shown, sent);
}

function objecting(): HTMLElement {
  let posting: string | null = null;
  const result = element('div', { 'aria-live': 'polite' });
  const lists = element('div', { 'aria-live': 'polite' });
  const commune = element('input', {
    type: 'text',
    inputmode: 'numeric',
    pattern: '\\d{5}',
    maxlength: '5',
    required: true,
  });
  const find = async () => {
    await told(lists, async () => {
      const url = new URL('api/v1/postings', BASE);
      url.searchParams.set('commune', commune.value);
      const response = await answered(url, { cache: 'no-store' });
      const { postings } = (await response.json()) as { postings: Posting[] };
      lists.replaceChildren(postings.length > 0 ? listsOf(postings) : noLists());
    });
  };
  const listsOf = (postings: Posting[]) => {
    const options: [string, string][] = postings.map(
      ({ posting: id, dossier, content, posted_on, until }) => [
        String(id),
        `${dossier} (${day(posted_on)} – ${day(until)}): ${content}`,
      ],
    );
    const saying = sayingOf(words('Lý do không đồng ý', 'Why you object'));
    const object = async () => {
      await send(result, `api/v1/postings/${posting}/objections`, saying.said());
    };
    const chooser = choice(words('Danh sách đang niêm yết', 'Lists that hang'), options, null, (id) => {
      posting = id;
    });
    for (const input of chooser.querySelectorAll('input')) input.required = true;
    return form(words('Gửi ý kiến', 'Send'), object, chooser, ...saying.fields, result);
  };
  const noLists = () =>
    element(
      'p',
      { class: 'quiet' },
      words('Xã này không có danh sách nào đang niêm yết', 'No list hangs in this commune'),
    );
  const hint = words('Năm chữ số', 'Five digits');
  const finder = form(words('Xem', 'Look'), find, field(words('Mã xã', 'Commune’s code'), commune, hint));
  finder.className = 'inline';
  return part(words('Ý kiến về danh sách niêm yết', 'Object to a posted list'), finder, lists);
}

/** What a citizen says: content, name, contact. */
function sayingOf(name: string): { fields: HTMLElement[]; said: () => Record<string, string | null> } {
  const content = element('textarea', { rows: '4', maxlength: '2000', required: true });
  const who = element('input', { type: 'text', maxlength: '200', autocomplete: 'name' });
  const contact = element('input', { type: 'text', maxlength: '200' });
  return {
    fields: [
      field(name, content),
      field(words('Họ tên (nếu muốn)', 'Name (if you like)'), who),
      field(words('Điện thoại hoặc email để trả lời', 'Telephone or e-mail for an answer'), contact),
    ],
    said: () => ({ content: content.value, name: who.value || null, contact: contact.value || null }),
  };
}

/** Sends what a citizen says, and says that it has come. */
async function send(result: HTMLElement, path: string, body: unknown): Promise<void> {
  await told(result, async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await answered(new URL(path, BASE), {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const { message } = (await response.json()) as { message: number };
    const thanks = words('Đã nhận, số', 'Received, number');
    result.replaceChildren(element('p', { class: 'done', role: 'status' }, `${thanks} ${message}`));
  });
}
