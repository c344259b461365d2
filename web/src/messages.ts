/** What citizens said, for an officer to judge. */
import { element } from './dom.ts';
import { button, choice, field, form } from './form.ts';
import { instant } from './format.ts';
import { words } from './i18n.ts';
import { ask } from './officer.ts';
import { told } from './problem.ts';

export interface Message {
  message: number;
  kind: string;
  parcel_id: number | null;
  posting: number | null;
  dossier: string | null;
  state: string;
  answer: string | null;
  content: string;
  name: string | null;
  contact: string | null;
  score: number | null;
  at: string;
}

/** Vietnamese, English. */
const KINDS: Record<string, [string, string]> = {
  error: ['Báo sai sót', 'Error on a parcel'],
  objection: ['Ý kiến về danh sách niêm yết', 'Objection to a list'],
  rating: ['Đánh giá', 'Rating'],
};

/** The server gives so many at a time. */
const PAGE = 100;

const JUDGED: Record<string, [string, string]> = {
  accepted: ['Tiếp thu', 'Accepted'],
  rejected: ['Không tiếp thu', 'Rejected'],
  spam: ['Rác', 'Spam'],
};

/** All messages in a state. */
export async function messagesIn(state: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const after = all.at(-1)?.message ?? 0;
    const path = `api/v1/messages?state=${state}&after=${after}`;
    const { content } = await ask<{ messages: Message[] }>(path);
    all.push(...content.messages);
    if (content.messages.length < PAGE) return all;
  }
}

/** The messages that nobody has judged yet. */
export function messageList(): HTMLElement {
  const list = element('ul', { class: 'messages' });
  const foot = element('div', { 'aria-live': 'polite' });
  const load = async (after: number) => {
    foot.replaceChildren(words('Đang tải…', 'Loading…'));
    const wrong = element('div', {});
    const isLoaded = await told(wrong, async () => {
      const { content } = await ask<{ messages: Message[] }>(`api/v1/messages?after=${after}`);
      list.append(...content.messages.map(messageRow));
      const last = content.messages.at(-1);
      const more = () => load(last?.message ?? after);
      foot.replaceChildren(
        ...(content.messages.length < PAGE ? [] : [button(words('Xem thêm', 'More'), more)]),
      );
      if (list.childElementCount === 0) foot.replaceChildren(words('Không có ý kiến mới', 'Nothing new'));
    });
    if (!isLoaded) foot.replaceChildren(wrong);
  };
  void load(0);
  const title = element('h2', { tabindex: '-1' }, words('Ý kiến công dân', 'What citizens said'));
  return element('section', {}, title, list, foot);
}

/** A message, to be judged where it is not yet. */
export function messageRow(message: Message): HTMLElement {
  const { kind, content, name, contact, score, at, parcel_id, dossier, state, answer } = message;
  const [vi, en] = KINDS[kind] ?? [kind, kind];
  const rated = score === null ? null : `${words('điểm', 'score')} ${score}`;
  const about = element(
    'span',
    { class: 'quiet detail' },
    [instant(at), name, contact, rated].filter(Boolean).join(' · '),
  );
  const links = [
    ...(parcel_id ? [element('a', { href: `/?parcel=${parcel_id}` }, words('Xem thửa', 'The parcel'))] : []),
    ...(dossier ? [element('a', { href: `/desk?dossier=${encodeURIComponent(dossier)}` }, dossier)] : []),
  ];
  const row = element('li', {}, element('b', {}, words(vi, en)), about, element('p', {}, content), ...links);
  if (state === 'new') {
    row.append(judging(message, row));
    return row;
  }
  const [judged, english] = JUDGED[state] ?? [state, state];
  row.append(element('p', { class: 'quiet' }, [words(judged, english), answer].filter(Boolean).join(' · ')));
  return row;
}

function judging({ message, kind }: Message, row: HTMLElement): HTMLElement {
  let state = '';
  const [vi, en] = KINDS[kind] ?? [kind, kind];
  const chooser = choice(
    words('Xử lý', 'Judgement'),
    [
      ['accepted', words('Tiếp thu', 'Accept')],
      ['rejected', words('Không tiếp thu', 'Reject')],
      ['spam', words('Rác', 'Spam')],
    ],
    null,
    (chosen) => {
      state = chosen;
    },
  );
  chooser.className = 'chips';
  for (const input of chooser.querySelectorAll('input')) input.required = true;
  const answer = element('textarea', { rows: '2', maxlength: '2000' });
  const wrong = element('div', {});
  const judge = async () => {
    const body = { state, answer: answer.value.trim() || null };
    const isJudged = await told(wrong, async () => {
      await ask(`api/v1/messages/${message}`, { method: 'PUT', body });
    });
    const done = `${words('Đã xử lý', 'Judged')}: ${words(vi, en)} ${message}`;
    if (isJudged) row.replaceChildren(element('p', { class: 'quiet', role: 'status' }, done));
  };
  return form(words('Lưu', 'Save'), judge, chooser, field(words('Trả lời', 'Answer'), answer), wrong);
}
