/** The officer who is signed in, and what is asked in the officer's name. */
import { answered, BASE } from './api.ts';

/** Who the officer is, and what the officer may do. */
export interface Appointment {
  name: string;
  roles: string[];
  areas: string[] | null;
  duties: string[];
  /** The steps of dossiers that the roles may take. */
  steps: string[];
}

interface Asking {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answer<T> {
  content: T;
  etag: string | null;
}

/** The token lives as long as the tab, and never stands in an address. */
const KEPT = 'diaba.token';

let token: string | null = remembered();

export function isSignedIn(): boolean {
  return token !== null;
}

/** Who a token belongs to; it is kept if it is alive. */
export async function signIn(given: string): Promise<Appointment> {
  token = given;
  try {
    const { content } = await ask<Appointment>('api/v1/desk/officer');
    sessionStorage.setItem(KEPT, given);
    return content;
  } catch (error) {
    signOut();
    throw error;
  }
}

export function signOut(): void {
  token = null;
  sessionStorage.removeItem(KEPT);
}

/** The officer whose token this tab keeps. */
export async function signedIn(): Promise<Appointment> {
  return signIn(token ?? '');
}

/** Asks in the officer's name. */
export async function ask<T>(
  path: string,
  { method = 'GET', body, headers }: Asking = {},
): Promise<Answer<T>> {
  const all: Record<string, string> = { accept: 'application/json', ...headers };
  if (token !== null) all.authorization = `Bearer ${token}`;
  if (body !== undefined) all['content-type'] = 'application/json';
  const request: RequestInit = { method, headers: all, cache: 'no-store' };
  if (body !== undefined) request.body = JSON.stringify(body);
  const response = await answered(new URL(path, BASE), request);
  return { content: (await response.json()) as T, etag: response.headers.get('etag') };
}

/** Sends a file in the officer's name. */
export async function sendFile(path: string, file: File): Promise<void> {
  const headers = { authorization: `Bearer ${token ?? ''}`, 'content-type': 'application/octet-stream' };
  await answered(new URL(path, BASE), { method: 'POST', headers, body: file });
}

/** Saves a file that only officers may read, under a name. */
export async function askFile(path: string, name: string): Promise<void> {
  const headers = { authorization: `Bearer ${token ?? ''}` };
  const response = await answered(new URL(path, BASE), { headers, cache: 'no-store' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A key of a request that must not be done twice. Not `randomUUID`, which browsers keep to secure pages. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function remembered(): string | null {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
