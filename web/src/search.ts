/** The search box: a combobox whose list follows what is typed. */
import { type SearchResult, search } from './api.ts';
import { byId, element } from './dom.ts';
import { onLanguage, text } from './i18n.ts';
import { normalizeQuery } from './query.ts';

const PAUSE_MS = 250;

export class SearchBox {
  private readonly input = byId<HTMLInputElement>('search');
  private readonly list = byId('search-list');
  private results: SearchResult[] = [];
  private active = -1;
  private timer = 0;
  private running = new AbortController();

  /** `choose` gets the result that the reader picks, `fail` what went wrong. */
  constructor(
    private readonly choose: (result: SearchResult) => void,
    private readonly fail: (error: unknown) => void,
  ) {
    this.input.addEventListener('input', () => this.runAfterPause());
    this.input.addEventListener('keydown', (event) => this.press(event));
    this.input.addEventListener('blur', () => this.close());
    // A press on an option must not take the focus, or the list closes before the click.
    this.list.addEventListener('pointerdown', (event) => event.preventDefault());
    this.list.addEventListener('click', ({ target }) => {
      const option = (target as Element).closest('[role=option]');
      if (option) this.pick([...this.list.children].indexOf(option));
    });
    onLanguage(() => this.close());
  }

  private press(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Enter') this.enter();
    else if (step && !this.list.hidden && this.results.length > 0) this.activate(step);
    else return;
    event.preventDefault();
  }

  /** Takes the marked result; typed and Enter in one go, searches without the pause and takes the first. */
  private async enter(): Promise<void> {
    if (this.list.hidden) await this.run();
    this.pick(Math.max(this.active, 0));
  }

  private runAfterPause(): void {
    clearTimeout(this.timer);
    this.running.abort();
    this.close();
    this.timer = window.setTimeout(() => this.run(), PAUSE_MS);
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    this.running.abort();
    this.running = new AbortController();
    this.results = [];
    const query = normalizeQuery(this.input.value);
    if (query === '') return;
    try {
      this.results = await search(query, this.running.signal);
      this.draw();
    } catch (error) {
      this.fail(error);
    }
  }

  private draw(): void {
    const options = this.results.map(optionOf);
    this.list.replaceChildren(...(options.length > 0 ? options : [nothing()]));
    this.list.hidden = false;
    this.active = -1;
    this.input.setAttribute('aria-expanded', 'true');
    byId('announcement').textContent = `${options.length} ${text('searchCount')}`;
  }

  private activate(step: number): void {
    const count = this.results.length;
    this.active = this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count;
    for (const [index, option] of [...this.list.children].entries()) {
      option.setAttribute('aria-selected', String(index === this.active));
    }
    const option = this.list.children[this.active];
    option?.scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', option?.id ?? '');
  }

  private pick(index: number): void {
    const result = this.results[index];
    if (!result) return;
    this.input.value = result.label;
    this.close();
    this.choose(result);
  }

  private close(): void {
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }
}

function optionOf(result: SearchResult, index: number): HTMLElement {
  const more = [text(`kind_${result.kind}`), result.address, result.commune.name].filter(Boolean).join(' · ');
  return element(
    'div',
    { role: 'option', id: `search-option-${index}`, 'aria-selected': 'false' },
    element('span', {}, result.label),
    element('span', { class: 'quiet' }, more),
  );
}

function nothing(): HTMLElement {
  return element('div', { class: 'quiet', role: 'presentation' }, text('searchNothing'));
}
