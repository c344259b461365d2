/** What becomes visible on the server, told as it does. */
import { BASE, type Box } from './api.ts';

export interface Change {
  /** Where the map differs now; `null`: it may anywhere. */
  boxes: Box[] | null;
  /** The parcels that differ now; `null`: any may. */
  parcelIds: number[] | null;
}

/** Something was missed: everything may differ. */
const EVERYTHING: Change = { boxes: null, parcelIds: null };

const PAUSE_MS = 2000;

/** The data of a `change` event. */
interface Visible {
  bounds?: Box;
  boxes?: Box[];
  parcels?: number[];
}

export class Live {
  private stream: EventSource | null = null;
  private position: string | null = null;
  private isLost = false;
  private timer = 0;

  /** `tell` gets each change, `show` whether changes come in at all. */
  constructor(
    private readonly tell: (change: Change) => void,
    private readonly show: (isLive: boolean) => void,
  ) {
    // A page out of sight gives back its connection: a browser has six for all its pages of one server.
    document.addEventListener('visibilitychange', () => this.follow());
    this.follow();
  }

  private follow(): void {
    clearTimeout(this.timer);
    this.stream?.close();
    this.stream = document.hidden ? null : this.open();
  }

  /** A stream that goes on after the last change that was told. */
  private open(): EventSource {
    const url = new URL('events', BASE);
    if (this.position !== null) url.searchParams.set('after', this.position);
    const stream = new EventSource(url);
    stream.addEventListener('open', () => this.opened());
    stream.addEventListener('error', () => this.lost());
    stream.addEventListener('position', ({ lastEventId }) => {
      this.position ??= lastEventId;
    });
    stream.addEventListener('change', ({ data, lastEventId }) => {
      this.position = lastEventId;
      this.tell(changeOf(JSON.parse(data)));
    });
    stream.addEventListener('reset', ({ lastEventId }) => {
      this.position = lastEventId;
      this.tell(EVERYTHING);
    });
    return stream;
  }

  private opened(): void {
    this.show(true);
    // While the server was away, tiles may have failed.
    if (this.isLost) this.tell(EVERYTHING);
    this.isLost = false;
  }

  /** Comes back itself: the browser would give up where a server answers, but is not ready. */
  private lost(): void {
    this.stream?.close();
    this.isLost = true;
    this.show(false);
    this.timer = window.setTimeout(() => this.follow(), PAUSE_MS);
  }
}

function changeOf({ bounds, boxes, parcels }: Visible): Change {
  return { boxes: boxes ?? (bounds ? [bounds] : []), parcelIds: parcels ?? null };
}
