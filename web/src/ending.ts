/** What can be done with lawful operations: stored in the dossier's plan, or committed. */
import type { Asking, OfDossier } from './asking.ts';
import { element } from './dom.ts';
import { button, form } from './form.ts';
import { words } from './i18n.ts';
import type { Operation } from './land.ts';
import { type Appointment, newKey } from './officer.ts';
import { told } from './problem.ts';
import type { Report } from './report.ts';

/** Stores the operations in the dossier's plan; `stored` is called then. */
export function storing(
  asking: Asking,
  operations: Operation[],
  dossier: OfDossier,
  stored: () => void,
): HTMLElement {
  const wrong = element('div', {});
  const store = async () => {
    await told(wrong, async () => {
      await asking.store(operations, dossier);
      stored();
    });
  };
  const name = words('Lưu phương án vào hồ sơ', 'Store as the dossier’s plan');
  return element('div', {}, element('div', { class: 'buttons' }, button(name, store, 'main')), wrong);
}

/** Commits the operations; `committed` is called with the report. */
export function committing(
  asking: Asking,
  operations: Operation[],
  { duties }: Appointment,
  committed: (report: Report) => void,
): HTMLElement {
  if (!duties.includes('operate')) {
    const only = words('Chỉ lãnh đạo ghi vào sổ ngoài hồ sơ.', 'Only approvers commit without a dossier.');
    return element('p', {}, only);
  }
  const wrong = element('div', {});
  // One key for all tries: an answer that was lost is given again, and nothing is done twice.
  const key = newKey();
  const commit = async () => {
    await told(wrong, async () => committed(await asking.commit(operations, key)));
  };
  const seen = element('input', { type: 'checkbox', required: true });
  const agreement = words('Tôi đã xem kết quả kiểm tra', 'I have read the report');
  const name = words('Ghi vào sổ địa chính', 'Commit to the register');
  return form(name, commit, element('label', { class: 'option' }, seen, ` ${agreement}`), wrong);
}
