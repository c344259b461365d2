/** The form by which officers sign in, and the mark that says who is signed in. */
import { byId, element } from './dom.ts';
import { button, field, form } from './form.ts';
import { onLanguage, words } from './i18n.ts';
import { type Appointment, isSignedIn, signedIn, signIn, signOut } from './officer.ts';
import { told } from './problem.ts';

/** Calls back with the officer of this tab, after signing in where nobody is signed in. */
export async function whenSignedIn(place: HTMLElement, go: (officer: Appointment) => void): Promise<void> {
  const wrong = element('div', {});
  if (isSignedIn()) {
    const isAlive = await told(wrong, async () => welcome(await signedIn(), go));
    if (isAlive) return;
  }
  onLanguage(() => {
    if (!isSignedIn()) place.replaceChildren(...signInForm(wrong, go));
  });
}

/** What a page shows while nobody is signed in. */
function signInForm(wrong: HTMLElement, go: (officer: Appointment) => void): HTMLElement[] {
  const token = element('input', {
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
  });
  const hint = words(
    'Mã do quản trị cấp; chỉ giữ trong thẻ trình duyệt này, đóng thẻ là mất.',
    'Given by the administrator; kept in this browser tab only, until it is closed.',
  );
  const sign = form(
    words('Đăng nhập', 'Sign in'),
    async () => {
      await told(wrong, async () => welcome(await signIn(token.value.trim()), go));
    },
    field(words('Mã truy cập của cán bộ', 'Officer’s access token'), token, hint),
  );
  sign.id = 'sign-in';
  return [element('h2', { tabindex: '-1' }, words('Đăng nhập', 'Sign in')), sign, wrong];
}

function welcome(officer: Appointment, go: (officer: Appointment) => void): void {
  onLanguage(() => {
    const out = button(words('Đăng xuất', 'Sign out'), () => {
      signOut();
      location.reload();
    });
    byId('officer').replaceChildren(element('b', {}, officer.name), ' ', out);
  });
  go(officer);
}
