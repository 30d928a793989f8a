/** Looks back in the recording of this room while it goes on; it opens beside the room, which stays as it is. */
import type { JSX } from 'preact';
import { CLINICAL_ROLES, hasRole, type Role } from '../../../signaling/protocol/roles.ts';
import { t } from '../../i18n/index.ts';
import { Icon } from '../../ui/icons.tsx';
import { signedIn } from '../../ui/me.ts';
import { reviewPath } from '../../ui/route.ts';
import { useRoom } from '../live/live-room.ts';

/** The server decides; who is refused there anyway is shown no link (`signaling/recordings/access.ts`). */
export function RewindLink(props: { role: Role | undefined }): JSX.Element | null {
  const { session, state } = useRoom();
  const { role } = props;
  const who = signedIn();
  const isReviewer = who?.roles.includes('reviewer') === true;
  const treats =
    who !== undefined && who.kind !== 'guest' && role !== undefined && hasRole(CLINICAL_ROLES, role);
  if (!(treats || isReviewer) || state.value.recording === undefined) return null;
  const label = t('room.rewind');
  return (
    <a
      class="button icon-only quiet"
      href={reviewPath(session.roomId)}
      target="_blank"
      rel="noopener"
      aria-label={label}
      title={label}
    >
      <Icon name="mark-back" />
    </a>
  );
}
