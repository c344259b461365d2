/** One short message at the foot of the map. */
import { Problem } from './api.ts';
import { byId, element } from './dom.ts';
import { text } from './i18n.ts';

const SHOWN_MS = 5000;

let timer = 0;

/** Shows a message for a moment, or with a button until the button is pressed. */
export function say(message: string, retry?: () => void): void {
  const box = byId('message');
  clearTimeout(timer);
  box.replaceChildren(message);
  box.hidden = false;
  if (!retry) {
    timer = window.setTimeout(() => {
      box.hidden = true;
    }, SHOWN_MS);
    return;
  }
  const button = element('button', { type: 'button', class: 'small' }, text('retry'));
  button.addEventListener('click', () => {
    box.hidden = true;
    retry();
  });
  box.append(button);
}

/** Says what went wrong with a request; one that a newer request replaced is no fault. */
export function sayFault(error: unknown, retry?: () => void): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  if (error instanceof Problem) say(describe(error), retry);
  else throw error;
}

function describe({ status, detail }: Problem): string {
  if (status === 0) return text('serverUnreachable');
  if (status === 404) return text('noSuchParcel');
  return `${text('serverFault')} (${status}): ${detail}`;
}
