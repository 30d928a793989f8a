/** Where one goes from a recording: reviewers to their list, whoever looked back in a room of theirs to the rooms. */
import { t } from '../../i18n/index.ts';
import { signedIn } from '../../ui/me.ts';
import { homeOf } from '../../ui/route.ts';

export function isReviewer(): boolean {
  return signedIn()?.roles.includes('reviewer') === true;
}

export function wayBack(): { readonly path: string; readonly label: string } {
  if (isReviewer()) return { path: '/review', label: t('visit.back') };
  const who = signedIn();
  return { path: who === undefined ? '/' : homeOf(who), label: t('end.home') };
}
