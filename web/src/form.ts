/** Controls with their labels. */
import { element } from './dom.ts';

let count = 0;

/** A control under its label, with a hint that is read with it. */
export function field(label: string, control: HTMLElement, hint?: string): HTMLElement {
  const id = `field-${++count}`;
  control.id = id;
  const parts: HTMLElement[] = [element('label', { for: id }, label), control];
  if (hint) {
    control.setAttribute('aria-describedby', `${id}-hint`);
    parts.push(element('span', { id: `${id}-hint`, class: 'quiet' }, hint));
  }
  return element('div', { class: 'field' }, ...parts);
}

/** A button; while what it does goes on, it can't be pressed again. */
export function button(name: string, press: () => unknown, kind = ''): HTMLButtonElement {
  const created = element('button', { type: 'button', class: kind }, name);
  created.addEventListener('click', async () => {
    created.disabled = true;
    try {
      await press();
    } finally {
      created.disabled = false;
    }
  });
  return created;
}

/** A form whose last control sends it; what `send` does is the page's, nothing goes anywhere by itself. */
export function form(name: string, send: () => Promise<void>, ...parts: (Node | string)[]): HTMLFormElement {
  const submit = element('button', { type: 'submit', class: 'main' }, name);
  const created = element('form', {}, ...parts, element('div', { class: 'buttons' }, submit));
  created.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      await send();
    } finally {
      submit.disabled = false;
    }
  });
  return created;
}

/** One of some choices, as radio buttons. */
export function choice<Value extends string>(
  legend: string,
  options: [value: Value, name: string][],
  chosen: Value | null,
  choose: (value: Value) => void,
): HTMLFieldSetElement {
  const name = `choice-${++count}`;
  const rows = options.map(([value, label]) => {
    const input = element('input', { type: 'radio', name, value, checked: value === chosen });
    input.addEventListener('change', () => choose(value));
    return element('label', { class: 'option' }, input, ` ${label}`);
  });
  return element('fieldset', {}, element('legend', {}, legend), ...rows);
}

/** A table of names and values; what has no value is left out. */
export function facts(entries: [name: string, value: Node | string | null][]): HTMLElement {
  const rows = entries.flatMap(([name, value]) =>
    value === null || value === ''
      ? []
      : [element('div', {}, element('dt', {}, name), element('dd', {}, value))],
  );
  return element('dl', {}, ...rows);
}
