/** Operations as the server is asked for them: rehearsed, committed, or stored as a dossier's plan. */
import { dossierPath } from './dossier.ts';
import type { Operation } from './land.ts';
import { ask } from './officer.ts';
import type { Picked } from './picked.ts';
import type { Report } from './report.ts';
import { refsOf } from './steps.ts';
import { type Traced, trace } from './trace.ts';

/** A dossier whose plan is made, and its ETag. */
export interface OfDossier {
  code: string;
  etag: string | null;
}

export class Asking {
  /** `known` are those parcels of the register that were taken, by id. */
  constructor(
    private readonly known: Map<number, Picked>,
    private readonly dossier: OfDossier | null,
  ) {}

  /** What each operation makes. */
  trace(list: Operation[]): Promise<Traced[]> {
    return trace(list, {
      rehearse: (operations) => this.rehearse(operations),
      usesOf: (id) => this.known.get(id)?.uses ?? [],
    });
  }

  rehearse(operations: Operation[]): Promise<Report> {
    return this.send('api/v1/operations?dry_run=true', operations, {});
  }

  /** Commits operations; a second request with the same key is answered as the first. */
  commit(operations: Operation[], key: string): Promise<Report> {
    return this.send('api/v1/operations', operations, { 'idempotency-key': key });
  }

  /** Stores operations as the plan of the dossier. */
  async store(operations: Operation[], { code, etag }: OfDossier): Promise<void> {
    const headers: Record<string, string> = etag ? { 'if-match': etag } : {};
    await ask(dossierPath(code, '/plan'), { method: 'PUT', body: { operations }, headers });
  }

  private async send(path: string, operations: Operation[], own: Record<string, string>): Promise<Report> {
    const headers = { 'if-match': await this.tags(operations), ...own };
    const body = { operations, dossier: this.dossier?.code ?? null };
    return (await ask<Report>(path, { method: 'POST', body, headers })).content;
  }

  /** The tags of the parcels named: where rights change, those that an officer reads. */
  private async tags(operations: Operation[]): Promise<string> {
    const ids = new Set(operations.flatMap(refsOf).filter((ref) => typeof ref === 'number'));
    const isAboutRights = operations.some(({ kind }) => kind === 'transfer');
    const tag = async (id: number) => {
      const own = this.known.get(id)?.etag ?? '';
      if (!isAboutRights) return own;
      const { etag } = await ask(`api/v1/parcels/${id}`);
      // The land must be as it was when it was taken.
      return etag?.startsWith(`${own.slice(0, -1)}-`) ? etag : own;
    };
    return (await Promise.all([...ids].map(tag))).join(', ');
  }
}
