/** One headless Chromium for the tests, driving the map of the server that `DIABA_URL` names. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { Map as MapLibreMap } from 'maplibre-gl';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Parcel, SearchResult } from '../../src/api.ts';

declare global {
  interface Window {
    diaba?: { map: MapLibreMap };
  }
}

export const SERVER = process.env.DIABA_URL ?? '';

/** Why the browser tests don't run, or `false`. */
export const SKIP = SERVER === '' && 'DIABA_URL names no running server';

/** Why tests that edit the register don't run, or `false`. */
export const SKIP_EDITS = process.env.DIABA === undefined && 'DIABA names no program to edit with';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** The widths that the office's and the citizens' pages are made for. */
export const NARROW = { width: 375, height: 780 };
/** Wide enough for panels beside the map, and not more: every pixel is drawn without graphics. */
export const BESIDE = { width: 1000, height: 620 };
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 780 };

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

interface Visit {
  /** Where, after the server's address. */
  path?: string;
  viewport?: { width: number; height: number };
  /** Errors that the test itself provokes. */
  expected?: RegExp;
  /** Called before the page is opened. */
  prepare?: (page: Page) => Promise<unknown>;
  /** When the page is ready for the test; the map, unless another page is visited. */
  ready?: (page: Page) => Promise<unknown>;
}

/** Opens the map or another page, runs the test, and asserts that nothing foreign was asked for and nothing went wrong. */
export async function visit(
  browser: Browser,
  options: Visit,
  test: (page: Page) => Promise<void>,
): Promise<void> {
  const { path = '', viewport = DESKTOP, expected, prepare, ready = mapReady } = options;
  // The map jumps instead of flying: each frame costs a processor without graphics a tenth of a second.
  const context = await browser.newContext({ viewport, locale: 'vi-VN', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const foreign: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    const isOwn =
      url.origin === new URL(SERVER).origin || url.protocol === 'data:' || url.protocol === 'blob:';
    if (!isOwn) foreign.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected?.test(message.text())) errors.push(message.text());
  });
  try {
    await prepare?.(page);
    await page.goto(new URL(path, SERVER).href);
    await ready(page);
    await test(page);
    assert.deepEqual({ foreign, errors }, { foreign: [], errors: [] });
  } finally {
    await context.close();
  }
}

async function mapReady(page: Page): Promise<void> {
  await page.waitForFunction(() => window.diaba !== undefined);
  await settled(page);
}

/** Waits until the map has drawn everything and stands still. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const map = window.diaba?.map;
        if (!map) throw new Error('the page has no map');
        // A frame later: what the page is about to start has started.
        requestAnimationFrame(() => {
          // Tiles that turn out to be the same cause no frame after which the map could say that it is idle.
          const timer = setInterval(() => map.triggerRepaint(), 100);
          map.once('idle', () => {
            clearInterval(timer);
            resolve();
          });
        });
      }),
  );
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync('screenshots', { recursive: true });
  await page.screenshot({ path: `screenshots/${name}.png` });
}

/** Asks the server directly, without the page. */
export async function ask<T>(path: string): Promise<T> {
  const response = await fetch(new URL(path, SERVER));
  assert.equal(response.status, 200, path);
  return (await response.json()) as T;
}

/** Some parcel of the register: the one drawn nearest the middle of the whole map. */
export async function someParcel(page: Page): Promise<Parcel> {
  const { id } = (await drawnParcels(page))[0] ?? assert.fail('no parcel is drawn');
  return ask<Parcel>(`/api/v1/parcels/${id}`);
}

export interface DrawnParcel {
  id: number;
  land_use: string;
  sheet: number;
  number: number;
  area_m2: number;
  commune: string;
}

/** The parcels in the view as the tiles give them, nearest to the middle first, each once. */
export async function drawnParcels(page: Page): Promise<DrawnParcel[]> {
  const drawn = await page.evaluate(() => {
    const map = window.diaba?.map;
    if (!map) return [];
    const { x, y } = map.project(map.getCenter());
    const reach = [10, 50, 150, 5000];
    return reach.flatMap((by) =>
      map
        .queryRenderedFeatures(
          [
            [x - by, y - by],
            [x + by, y + by],
          ],
          { layers: ['parcel-fill'] },
        )
        .map(({ id, properties }) => ({ ...properties, id: Number(id) }) as unknown),
    );
  });
  return [...new Map((drawn as DrawnParcel[]).map((parcel) => [parcel.id, parcel])).values()];
}

/** The colours at these points as the graphics card drew them, `null` for points outside the view. */
export function coloursAt(page: Page, points: [number, number][]): Promise<(string | null)[]> {
  return page.evaluate(
    (at) =>
      new Promise<(string | null)[]>((resolve) => {
        const map = window.diaba?.map;
        const gl = map?.getCanvas().getContext('webgl2');
        if (!map || !gl) throw new Error('the page draws no map');
        const colourAt = (point: [number, number]) => {
          const { x, y } = map.project(point);
          if (x < 0 || y < 0 || x >= gl.drawingBufferWidth || y >= gl.drawingBufferHeight) return null;
          const pixel = new Uint8Array(4);
          gl.readPixels(x, gl.drawingBufferHeight - 1 - y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
          return `#${[...pixel.slice(0, 3)].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
        };
        // What is drawn can be read only before the browser shows it.
        map.once('render', () => resolve(at.map(colourAt)));
        map.triggerRepaint();
      }),
    points,
  );
}

/** The first result of a search. */
export async function firstResult(query: string): Promise<SearchResult> {
  const { results } = await ask<{ results: SearchResult[] }>(
    `/api/v1/search?q=${encodeURIComponent(query)}&limit=10`,
  );
  return results[0] ?? assert.fail(`nothing found for ${query}`);
}

/** The facts panel as name → value. */
export function shownFacts(page: Page): Promise<Record<string, string>> {
  return page.$$eval('#facts dl > div', (rows) =>
    Object.fromEntries(
      rows.map((row) => [
        row.querySelector('dt')?.textContent ?? '',
        (row.querySelector('dd code') ?? row.querySelector('dd'))?.textContent ?? '',
      ]),
    ),
  );
}

/** A token for an officer with these roles, or with all. */
export function officerToken(name: string, ...roles: string[]): string {
  const given = roles.flatMap((role) => ['--role', role]);
  const printed = execFileSync(process.env.DIABA ?? '', ['token', 'officer', name, ...given], {
    stdio: 'pipe',
  });
  return printed.toString().trim().split(/\s+/).at(-1) ?? '';
}

/** Asks the server directly in an officer's name; what is asked for must succeed. */
export async function askAs<T>(
  token: string,
  path: string,
  method = 'GET',
  body?: unknown,
  more: Record<string, string> = {},
): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more };
  const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await fetch(new URL(path, SERVER), request);
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
  return (await response.json()) as T;
}

/** What makes a tab one in which an officer is signed in. */
export function tabOf(token: string) {
  return (page: Page) => page.addInitScript((kept) => sessionStorage.setItem('diaba.token', kept), token);
}

/** How far a page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Edits the register past the server, as an officer in psql does. `DIABA_DATA_DIR` says which one. */
export function edit(sql: string): void {
  const options = ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--file=-'];
  execFileSync(process.env.DIABA ?? '', ['psql', '--', ...options], { input: sql, stdio: 'pipe' });
}
