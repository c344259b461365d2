/** The lists of a dossier that hang for objections, and what citizens object. */
import { element } from './dom.ts';
import { type Around, type Dossier, dossierPath } from './dossier.ts';
import { button, field, form } from './form.ts';
import { day } from './format.ts';
import { words } from './i18n.ts';
import { messageRow, messagesIn } from './messages.ts';
import { ask } from './officer.ts';
import { told } from './problem.ts';

interface Posting {
  posting: number;
  dossier: string;
  content: string;
  posted_on: string;
  until: string;
}

/** In which objections can be; spam is nobody's to read. */
const STATES = ['new', 'accepted', 'rejected'];

/** The lists of a dossier; they come in after the rest of it. */
export function postingsOf(dossier: Dossier, around: Around): HTMLElement {
  const { duties } = around.officer;
  const list = element('ul', { class: 'picks' });
  const wrong = element('div', {});
  const mayRead = duties.includes('moderate') && duties.includes('read');
  void told(wrong, async () => {
    const path = `api/v1/postings?commune=${encodeURIComponent(dossier.commune)}`;
    const { content } = await ask<{ postings: Posting[] }>(path);
    const own = content.postings.filter((posting) => posting.dossier === dossier.code);
    const none = element(
      'li',
      { class: 'quiet' },
      words('Không có danh sách đang niêm yết', 'No list hangs'),
    );
    const rows = own.map((posting) => rowOf(posting, mayRead));
    list.replaceChildren(...(rows.length > 0 ? rows : [none]));
  });
  const mayPost = duties.includes('post') && dossier.allowed.length > 0;
  return element('div', {}, list, wrong, ...(mayPost ? [posting(dossier, around)] : []));
}

function rowOf({ posting, content, posted_on, until }: Posting, mayRead: boolean): HTMLElement {
  const hangs = `${words('Niêm yết', 'Hangs')} ${day(posted_on)} – ${day(until)}`;
  const text = element('p', { class: 'posted' }, content);
  return element('li', {}, element('b', {}, hangs), text, ...(mayRead ? [objectionsTo(posting)] : []));
}

/** The objections to a list, once they are asked for: they name persons, and each reading is in the ledger. */
function objectionsTo(posting: number): HTMLElement {
  const place = element('div', { 'aria-live': 'polite' });
  const read = async () => {
    await told(place, async () => {
      const said = (await Promise.all(STATES.map(messagesIn))).flat();
      const own = said.filter((message) => message.posting === posting);
      const count = `${words('Ý kiến phản ánh', 'Objections')}: ${own.length}`;
      place.replaceChildren(
        element('p', { class: 'quiet' }, count),
        element('ul', { class: 'messages' }, ...own.map(messageRow)),
      );
    });
  };
  place.append(button(words('Xem ý kiến phản ánh', 'Read the objections'), read, 'small'));
  return place;
}

function posting({ code }: Dossier, { again }: Around): HTMLElement {
  const content = element('textarea', { rows: '4', required: true, maxlength: '40000' });
  const wrong = element('div', {});
  const post = async () => {
    const isPosted = await told(wrong, async () => {
      const body = { content: content.value.trim() };
      await ask(dossierPath(code, '/postings'), { method: 'POST', body });
    });
    if (isPosted) again();
  };
  const posted = form(
    words('Niêm yết', 'Hang it'),
    post,
    field(words('Nội dung niêm yết', 'What it says'), content, words('Trong 15 ngày', 'For 15 days')),
    wrong,
  );
  const name = words('Niêm yết danh sách', 'Hang a list for objections');
  return element('details', {}, element('summary', {}, name), posted);
}
