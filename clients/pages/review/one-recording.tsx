/** One recording: first the reason, then the player. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Visit } from '../../../signaling/protocol/recordings.ts';
import { ReviewSession } from '../../core/review/session.ts';
import { t } from '../../i18n/index.ts';
import { errorText } from '../../ui/error-text.ts';
import { usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { go } from '../../ui/router.ts';
import { Shell } from '../shell.tsx';
import { OpenDialog } from './open-dialog.tsx';
import { PlayerPage } from './player-page.tsx';
import { recordings } from './recordings.ts';

function Refused(props: { problem: unknown }): JSX.Element {
  return (
    <div class="card stack" role="alert">
      <h2>{t('visit.refused')}</h2>
      <p>{errorText(props.problem)}</p>
      <a class="button primary" href="/review">
        {t('visit.back')}
      </a>
    </div>
  );
}

/** Opens the session of a visit, and closes it when the page is left. */
function useSession(recordingId: string, visit: Visit | undefined, at: number | undefined) {
  const [session, setSession] = useState<ReviewSession>();
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    if (visit === undefined) return undefined;
    let wanted = true;
    let opened: ReviewSession | undefined;
    ReviewSession.open(recordings.open(recordingId, visit), at).then(
      (made) => {
        if (!wanted) {
          made.close();
          return;
        }
        opened = made;
        setSession(made);
      },
      (error: unknown) => {
        if (wanted) setProblem(error);
      },
    );
    return () => {
      wanted = false;
      opened?.close();
    };
  }, [recordingId, visit, at]);
  return { session, problem };
}

export function OneRecording(props: { recordingId: string; at: number | undefined }): JSX.Element {
  const { recordingId, at } = props;
  const heading = usePageTitle(t('review.title'));
  const [visit, setVisit] = useState<Visit>();
  const { session, problem } = useSession(recordingId, visit, at);
  if (session !== undefined) return <PlayerPage session={session} />;
  return (
    <Shell narrow>
      <div class="stack loose">
        <h1 ref={heading} tabIndex={-1}>
          {t('review.title')}
        </h1>
        {problem !== undefined ? (
          <Refused problem={problem} />
        ) : (
          <div class="empty card" role="status">
            <Icon name="film" />
            <p>{visit === undefined ? t('visit.text') : t('load.page')}</p>
          </div>
        )}
      </div>
      {visit === undefined ? (
        <OpenDialog recordingId={recordingId} onOpened={setVisit} onClose={() => go('/review')} />
      ) : null}
    </Shell>
  );
}
