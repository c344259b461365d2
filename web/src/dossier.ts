/** Dossiers as the server tells them, and what is asked about them. */
import type { Parcel } from './api.ts';
import type { Operation } from './land.ts';
import { type Answer, type Appointment, ask } from './officer.ts';
import type { Report } from './report.ts';

export interface Named {
  code: string;
  name_vi: string;
  name_en: string;
}

export interface Reservation {
  parcel_id: number;
  dossier: string;
  officer: string | null;
  due_at: string | null;
}

export interface Step {
  verb: string;
  by: string;
  on_behalf_of?: string;
  reason?: string;
  at: string;
}

export interface Dossier {
  code: string;
  procedure: Named;
  commune: string;
  branch: string;
  applicant: { name: string; no: string | null; phone: string | null };
  summary: string | null;
  status: Named;
  step: Named;
  officer: string | null;
  received_at: string | null;
  due_at: string | null;
  paused_for: string | null;
  is_late: boolean;
  days: number | null;
  deadline_source: string;
  worked_minutes: number | null;
  parcels: number[];
  reserved_by: Reservation[];
  allowed: string[];
  steps: Step[];
  pauses: { from: string; until: string | null; reason: string }[];
}

/** A dossier in a list. */
export interface DossierLine {
  code: string;
  procedure: string;
  branch: string;
  officer: string | null;
  status_vi: string;
  status_en: string;
  due_at: string | null;
  paused_for: string | null;
  is_late: boolean;
}

export interface Plan {
  plan_no: number;
  sha256: string;
  operations: Operation[];
  planned_by: string;
  planned_at: string;
  report: Report;
  touched: { parcel_id: number }[];
  approval: { approver: string; at: string; operation_id: number } | null;
}

export interface Paper {
  ordinal: number;
  name: string;
  size_bytes: number;
  attached_by: string;
  attached_at: string;
}

/** What the tax office was sent, and what it answered. */
export interface Exchange {
  slips: Slip[];
  notices: Notice[];
}

export interface Slip {
  slip_no: number;
  state: string;
  /** What the tax office calls it, or why it was corrected or cancelled. */
  detail: string | null;
  sent_at: string;
  sent_by: string;
}

export interface Notice {
  notice_no: string;
  kind: string;
  amount_vnd: number;
  paid_vnd: number;
  issued_on: string;
  pay_until: string | null;
  /** Whether it answered a slip that was cancelled: nobody has to pay it. */
  is_cancelled: boolean;
}

/** The rule of a procedure, from a day on. */
export interface Procedure {
  procedure_code: string;
  name_vi: string;
  name_en: string;
  is_online_only: boolean;
  valid_from: string;
  valid_until: string | null;
}

/** What the page does with parts of a dossier. */
export interface Around {
  officer: Appointment;
  /** Shows the dossier again, as it is now. */
  again: () => void;
  /** Shows parcels on the map. */
  show: (parcels: Parcel[]) => void;
  /** Opens the tool that makes the plan, with the operations that are planned already. */
  plan: (etag: string | null, parcels: number[], planned: Operation[]) => void;
  /** Shows a plan on the map; gives what shows a place of it. */
  sketch: (plan: Plan) => void;
}

/** Which dossiers a list shows. */
export type Choice = 'mine' | 'late' | 'all';

/** A page of the dossiers of an officer's area. */
export function dossiers(
  choice: Choice,
  { name }: Appointment,
  after: number | null,
): Promise<Answer<{ dossiers: DossierLine[]; next: number | null }>> {
  const query = new URLSearchParams({ limit: '50' });
  if (choice === 'mine') query.set('officer', name);
  if (choice === 'late') query.set('late', 'true');
  if (after !== null) query.set('after', String(after));
  return ask(`api/v1/dossiers?${query}`);
}

/** What the procedures are called, by code. */
export async function procedureNames(): Promise<Map<string, Named>> {
  const { content } = await ask<{ procedures: (Named & { procedure_code: string })[] }>('api/v1/procedures');
  return new Map(content.procedures.map((rule) => [rule.procedure_code, rule]));
}

/** The procedures that are in force on a day, each once. */
export async function procedures(day: string): Promise<Procedure[]> {
  const { content } = await ask<{ procedures: Procedure[] }>('api/v1/procedures');
  const inForce = content.procedures.filter(
    ({ valid_from, valid_until }) => valid_from <= day && (valid_until === null || day < valid_until),
  );
  return [...new Map(inForce.map((rule) => [rule.procedure_code, rule])).values()];
}

/** Where a dossier is, or a part of it. */
export function dossierPath(code: string, part = ''): string {
  return `api/v1/dossiers/${encodeURIComponent(code)}${part}`;
}
