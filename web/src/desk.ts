/** The land office's desk: an officer's dossiers, and the tool for operations on land, beside the map. */
import './desk.css';
import { GPUInitializationError, type Map as MapLibreMap } from 'maplibre-gl';
import { addressWithDossier, dossierInAddress } from './address.ts';
import { type LonLat, type Parcel, tileset } from './api.ts';
import type { OfDossier } from './asking.ts';
import { caseOf } from './case.ts';
import { byId, element } from './dom.ts';
import type { Around, Plan } from './dossier.ts';
import { button } from './form.ts';
import { Freshness } from './fresh.ts';
import { onLanguage, switchLanguage, text, translatePage, words } from './i18n.ts';
import { Intake } from './intake.ts';
import type { Operation } from './land.ts';
import { dossierList } from './list.ts';
import { Live } from './live.ts';
import { createMap, onPick, outline, show } from './map.ts';
import { say, sayFault } from './message.ts';
import { messageList } from './messages.ts';
import type { Appointment } from './officer.ts';
import { sketches } from './outcome.ts';
import { Overlay } from './overlay.ts';
import { frameOf, picked } from './picked.ts';
import { told } from './problem.ts';
import { whenSignedIn } from './signin.ts';
import { LandTool } from './tool.ts';

declare global {
  interface Window {
    /** For tests and the curious: the map of this page. */
    diaba?: { map: MapLibreMap };
  }
}

const panel = byId('panel');

onLanguage(translatePage);
byId('language').addEventListener('click', switchLanguage);
byId('skip').addEventListener('click', (event) => {
  event.preventDefault();
  panel.focus();
});

/** The map and what is drawn above its parcels. */
interface Stage {
  map: MapLibreMap;
  overlay: Overlay;
}

// The panel waits for nobody: it works before the map is there, and where none can be drawn.
const stage = new Promise<Stage>((resolve) => void raise(resolve));
void whenSignedIn(panel, (officer) => new Desk(officer));

async function raise(ready: (stage: Stage) => void): Promise<void> {
  try {
    const described = await tileset(new AbortController().signal);
    const map = createMap(described, null);
    map.doubleClickZoom.disable();
    const freshness = new Freshness(map, described);
    new Live(
      ({ boxes }) => freshness.touch(boxes),
      () => {},
    );
    map.once('load', () => {
      window.diaba = { map };
      ready({ map, overlay: new Overlay(map) });
    });
  } catch (error) {
    if (error instanceof GPUInitializationError) say(text('noGraphics'));
    else sayFault(error, () => void raise(ready));
  }
}

class Desk {
  private tool: LandTool | Intake | null = null;
  /** Counts what was opened: an answer that comes late belongs to what is shown no more. */
  private opened = 0;

  constructor(private readonly officer: Appointment) {
    void stage.then(({ map }) => onPick(map, (at) => void this.tool?.press(at)));
    addEventListener('popstate', () => this.followAddress());
    let isFirst = true;
    onLanguage(() => {
      // What is drawn stays drawn.
      if (this.tool) this.translateTool(this.tool);
      else if (!isFirst) this.followAddress();
      isFirst = false;
    });
    this.followAddress();
  }

  private followAddress(): void {
    const code = dossierInAddress(location.href);
    if (code === null) this.showList();
    else void this.showCase(code);
  }

  private go(code: string | null): void {
    history.pushState(null, '', addressWithDossier(location.href, code));
    this.followAddress();
  }

  private showList(): void {
    this.clear();
    const duties = this.officer.duties;
    const mayTry = duties.includes('operate') || duties.includes('plan');
    const tool = button(words('Biến động ngoài hồ sơ', 'Operations without a dossier'), () =>
      this.showTool(null, []),
    );
    const messages = button(words('Ý kiến công dân', 'What citizens said'), () => {
      this.clear();
      this.put(this.back(), messageList());
    });
    const intake = button(words('Tiếp nhận hồ sơ', 'Take a dossier in'), () => this.showIntake(), 'main');
    const others = [
      ...(duties.includes('file') ? [intake] : []),
      ...(mayTry ? [tool] : []),
      ...(duties.includes('moderate') ? [messages] : []),
    ];
    this.put(
      dossierList(this.officer, (code) => this.go(code)),
      element('div', { class: 'buttons' }, ...others),
    );
  }

  private async showCase(code: string): Promise<void> {
    const opened = this.clear();
    this.put(this.back(), element('p', { role: 'status' }, words('Đang tải…', 'Loading…')));
    const wrong = element('div', {});
    await told(wrong, async () => {
      const shown = await caseOf(code, this.around(code));
      if (opened === this.opened) this.put(this.back(), shown);
    });
    if (wrong.hasChildNodes() && opened === this.opened) this.put(this.back(), wrong);
  }

  private around(code: string): Around {
    return {
      officer: this.officer,
      again: () => void this.showCase(code),
      show: (parcels) => void this.showParcels(parcels),
      plan: (etag, parcels, planned) => void this.showTool({ code, etag }, parcels, planned),
      sketch: (plan) => void this.sketch(plan),
    };
  }

  private showIntake(): void {
    this.clear();
    const map = stage.then((drawn) => drawn.map);
    this.tool = new Intake(map, (code) => this.go(code));
    this.put(this.back(), this.tool.place);
  }

  private async showTool(
    dossier: OfDossier | null,
    parcels: number[],
    planned: Operation[] = [],
  ): Promise<void> {
    const opened = this.clear();
    this.put(this.back(), element('p', { role: 'status' }, words('Đang tải bản đồ…', 'Loading the map…')));
    const { map, overlay } = await stage;
    if (opened !== this.opened) return;
    this.tool = new LandTool(map, overlay, this.officer, dossier, () => this.followAddress());
    this.put(this.back(), this.tool.place);
    await this.tool.start(parcels, planned);
  }

  private translateTool(tool: LandTool | Intake): void {
    tool.translate();
    panel.replaceChildren(this.back(), tool.place);
  }

  private async showParcels(parcels: Parcel[]): Promise<void> {
    const { opened } = this;
    const { map } = await stage;
    const [first] = parcels;
    if (!first || opened !== this.opened) return;
    outline(map, parcels);
    const boxes = parcels.map(({ bbox }) => bbox);
    show(map, [
      Math.min(...boxes.map(([west]) => west)),
      Math.min(...boxes.map(([, south]) => south)),
      Math.max(...boxes.map(([, , east]) => east)),
      Math.max(...boxes.map(([, , , north]) => north)),
    ]);
  }

  /** What a plan makes, while the parcels are there that it is fitted to. */
  private async sketch({ report, touched }: Plan): Promise<void> {
    const { opened } = this;
    const found = await Promise.all(touched.map(({ parcel_id }) => picked(parcel_id).catch(() => null)));
    const frame = frameOf(found.filter((one) => one !== null));
    const { overlay } = await stage;
    if (frame && opened === this.opened) {
      overlay.sketch(sketches(report, (point): LonLat => frame.toMap(point)));
    }
  }

  /** Puts away what is shown. */
  private clear(): number {
    this.tool = null;
    void stage.then(({ map, overlay }) => {
      outline(map, []);
      overlay.sketch([]);
      overlay.line([]);
      overlay.wrong([]);
    });
    return ++this.opened;
  }

  private put(...content: HTMLElement[]): void {
    panel.replaceChildren(...content);
    panel.scrollTop = 0;
    // Screen readers and the keyboard go on at what is new.
    panel.querySelector('h2')?.focus();
  }

  private back(): HTMLElement {
    const back = button(`← ${words('Danh sách hồ sơ', 'Dossiers')}`, () => {
      if (this.tool && dossierInAddress(location.href)) this.followAddress();
      else this.go(null);
    });
    back.className = 'back';
    return back;
  }
}
