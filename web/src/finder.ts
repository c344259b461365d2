/** Finds parcels by sheet and number, to work on them. */
import { search } from './api.ts';
import { element } from './dom.ts';
import { button, field, form } from './form.ts';
import { words } from './i18n.ts';
import { told } from './problem.ts';
import { normalizeQuery } from './query.ts';

/** `take` is called with the parcel that is found; what is wrong is told in `wrong`. */
export function finder(take: (parcelId: number) => Promise<void>, wrong: HTMLElement): HTMLElement {
  const query = element('input', { type: 'text', spellcheck: 'false', placeholder: '3/17' });
  const found = element('div', { class: 'choice' });
  const find = async () => {
    const results = await search(normalizeQuery(query.value), new AbortController().signal);
    const parcels = results.filter(({ kind }) => kind === 'parcel');
    const [only] = parcels;
    if (parcels.length === 1 && only) {
      await take(only.parcel_id);
      query.value = '';
      found.replaceChildren();
      return;
    }
    const names = parcels.map(({ label, commune, parcel_id }) =>
      button(`${label} ${commune.name}`, () => take(parcel_id)),
    );
    found.replaceChildren(...(names.length > 0 ? names : [words('Không tìm thấy thửa', 'No such parcel')]));
  };
  const hint = words('Hoặc bấm vào thửa trên bản đồ', 'Or press the parcel on the map');
  const finding = form(
    words('Chọn thửa', 'Take'),
    async () => {
      await told(wrong, find);
    },
    field(words('Tờ/thửa', 'Sheet/parcel'), query, hint),
    found,
  );
  finding.className = 'inline';
  return finding;
}
