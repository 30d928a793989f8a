/** One recording: first the reason, then the player. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Visit } from '../../../signaling/protocol/recordings.ts';
import { ReviewSession } from '../../core/review/session.ts';
import { t } from '../../i18n/index.ts';
import { errorFacts, errorText } from '../../ui/error-text.ts';
import { usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { go } from '../../ui/router.ts';
import { Shell } from '../shell.tsx';
import { OpenDialog } from './open-dialog.tsx';
import { PlayerPage } from './player-page.tsx';
import { recordings } from './recordings.ts';
import { wayBack } from './way-back.ts';

/** What may be different in a moment: the recorder is being started, or the network is away. */
const passing: readonly string[] = [
  'media-unavailable',
  'offline',
  'store-unavailable',
  'deadline-exceeded',
  'too-many',
];

function Refused(props: { problem: unknown; onAgain: () => void }): JSX.Element {
  const { code } = errorFacts(props.problem);
  const back = wayBack();
  const text = code === 'media-unavailable' ? t('visit.recorderAway') : errorText(props.problem);
  return (
    <div class="card stack" role="alert">
      <h2>{t('visit.refused')}</h2>
      <p>{text}</p>
      <div class="row">
        {passing.includes(code) ? (
          <button type="button" class="button primary" onClick={props.onAgain}>
            {t('common.tryAgain')}
          </button>
        ) : null}
        <a class="button" href={back.path}>
          {back.label}
        </a>
      </div>
    </div>
  );
}

/** Opens the session of a visit, and closes it when the page is left. */
function useSession(recordingId: string, visit: Visit | undefined, at: number | undefined) {
  const [session, setSession] = useState<ReviewSession>();
  const [problem, setProblem] = useState<unknown>();
  const [tries, setTries] = useState(0);
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
  }, [recordingId, visit, at, tries]);
  const again = () => {
    setProblem(undefined);
    setTries(tries + 1);
  };
  return { session, problem, again };
}

export function OneRecording(props: { recordingId: string; at: number | undefined }): JSX.Element {
  const { recordingId, at } = props;
  const heading = usePageTitle(t('review.title'));
  const [visit, setVisit] = useState<Visit>();
  const { session, problem, again } = useSession(recordingId, visit, at);
  if (session !== undefined) return <PlayerPage session={session} />;
  return (
    <Shell narrow>
      <div class="stack loose">
        <h1 ref={heading} tabIndex={-1}>
          {t('review.title')}
        </h1>
        {problem !== undefined ? (
          <Refused problem={problem} onAgain={again} />
        ) : (
          <div class="empty card" role="status">
            <Icon name="film" />
            <p>{visit === undefined ? t('visit.text') : t('load.page')}</p>
          </div>
        )}
      </div>
      {visit === undefined ? (
        <OpenDialog recordingId={recordingId} onOpened={setVisit} onClose={() => go(wayBack().path)} />
      ) : null}
    </Shell>
  );
}
