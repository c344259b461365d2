/** A stand-in for the server's events, and a look at the tiles that are asked for. */
import type { Page } from 'playwright-core';

declare global {
  interface Window {
    stream?: EventTarget;
  }
}

/** Puts a stream into the page on which the test tells what it wants. */
export function ownStream(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    class Stream extends EventTarget {
      constructor() {
        super();
        window.stream = this;
      }
      close(): void {}
    }
    window.EventSource = Stream as unknown as typeof EventSource;
  });
}

export function tell(page: Page, type: 'change' | 'reset', data: object): Promise<unknown> {
  return page.evaluate(
    ([name, json]) => window.stream?.dispatchEvent(new MessageEvent(name, { data: json, lastEventId: '9' })),
    [type, JSON.stringify(data)] as const,
  );
}

/** The tiles asked for from now on, in order, as `z/x/y` with their query. */
export function askedTiles(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    const tile = /\/tiles\/parcels\/(\d.*)$/.exec(request.url())?.[1];
    if (tile) asked.push(tile);
  });
  return asked;
}
