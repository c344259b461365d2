/** Who holds the land that a transfer is about. */
import type { Entry } from './entry.ts';
import { ask } from './officer.ts';
import type { State } from './report.ts';
import type { Holder } from './transfer.ts';

/** Those who hold the right to use a parcel of the register, by what it tells officers. */
export async function holdersOf(parcelId: number): Promise<Holder[]> {
  const { content } = await ask<{ entries: Entry[] }>(`api/v1/parcels/${parcelId}/timeline`);
  const current = content.entries.filter(
    ({ kind, legal_until, recorded_until, right_kind }) =>
      kind === 'right' && legal_until === null && recorded_until === null && right_kind === 'use',
  );
  return current.map(({ party_id, party_name, share }) => ({
    party_id: Number(party_id),
    name: String(party_name),
    share: String(share),
  }));
}

/** Those who would hold what an operation makes, as far as the register knows them already. */
export function holdersIn(state: State | undefined): Holder[] {
  const rights = state?.rights?.filter(({ kind }) => kind === 'use') ?? [];
  return rights.flatMap(({ party, party_id, share }) =>
    party_id === null ? [] : [{ party_id, name: party, share }],
  );
}
