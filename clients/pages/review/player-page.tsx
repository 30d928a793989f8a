/** The player: pictures, time bar and keys on one side, what was said and done on the other. */
import type { JSX, RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { MarkKind } from '../../core/review/marks.ts';
import type { ReviewSession } from '../../core/review/session.ts';
import { formatDateTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Banner } from '../../ui/controls.tsx';
import { useChanges } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { followLink } from '../../ui/router.ts';
import { LanguageSwitch, ThemeSwitch } from '../../ui/settings-menu.tsx';
import { type TabItem, Tabs } from '../../ui/tabs.tsx';
import { shortIncident } from '../rooms/rooms-view.ts';
import { DrillBanner } from '../shell.tsx';
import { FactsPanel } from './facts-panel.tsx';
import { PlayerKeysDialog } from './keys-dialog.tsx';
import { Legend } from './legend.tsx';
import { ChatThen, ThenPanel } from './moment-panels.tsx';
import { OpenDialog } from './open-dialog.tsx';
import { PlayerBar } from './player-bar.tsx';
import { RecordPanel } from './record-panel.tsx';
import { StateTag } from './recording-row.tsx';
import { type Reviewing, ReviewingContext, useReviewing } from './reviewing.ts';
import { Sounds, Tiles } from './tiles.tsx';
import { TimeBar } from './time-bar.tsx';
import { TracksPanel } from './tracks-panel.tsx';
import { useFullScreen } from './use-full-screen.ts';
import { useReviewKeys } from './use-review-keys.ts';
import { wayBack } from './way-back.ts';

type PanelName = 'facts' | 'chat' | 'then' | 'tracks' | 'record';

function Top(): JSX.Element {
  const { session } = useReviewing();
  useChanges(session);
  const { summary } = session.view;
  const back = wayBack();
  useEffect(() => {
    document.title = `${summary.title} · GoldenHour`;
  }, [summary.title]);
  return (
    <>
      {summary.drill ? <DrillBanner /> : null}
      <header class="room-top">
        <a
          class="button icon-only quiet"
          href={back.path}
          aria-label={back.label}
          title={back.label}
          onClick={(event) => followLink(event, back.path)}
        >
          <Icon name="back" />
        </a>
        <div class="room-name">
          <h1 class="one-line" tabIndex={-1}>
            {summary.title}
          </h1>
          <p class="small soft one-line figures">
            {t('rooms.incident', { id: shortIncident(summary.incidentId) })} ·{' '}
            {formatDateTime(summary.startedUtc)}
          </p>
        </div>
        <StateTag summary={summary} />
        <div class="room-tools-end">
          <span class="wide-only row">
            <ThemeSwitch />
            <LanguageSwitch />
          </span>
        </div>
      </header>
    </>
  );
}

function Notices(): JSX.Element | null {
  const { session } = useReviewing();
  useChanges(session);
  return session.notAudited ? (
    <Banner kind="bad" role="alert">
      {t('play.notAudited')}
    </Banner>
  ) : null;
}

function Side(): JSX.Element {
  const [panel, setPanel] = useState<PanelName>('facts');
  const items: readonly TabItem<PanelName>[] = [
    { name: 'facts', label: t('side.facts'), icon: 'flag' },
    { name: 'chat', label: t('side.chat'), icon: 'chat' },
    { name: 'then', label: t('side.then'), icon: 'people' },
    { name: 'tracks', label: t('side.tracks'), icon: 'camera' },
    { name: 'record', label: t('side.record'), icon: 'seal' },
  ];
  return (
    <aside class="side-panel" aria-label={t('side.label')}>
      <Tabs label={t('side.label')} items={items} current={panel} onChange={setPanel}>
        {panel === 'facts' ? <FactsPanel /> : null}
        {panel === 'chat' ? <ChatThen /> : null}
        {panel === 'then' ? <ThenPanel /> : null}
        {panel === 'tracks' ? <TracksPanel /> : null}
        {panel === 'record' ? <RecordPanel /> : null}
      </Tabs>
    </aside>
  );
}

/** Asks for the reason again when the visit has run out; the player stands meanwhile. */
function VisitOver(): JSX.Element | null {
  const { session, player } = useReviewing();
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (over) return undefined;
    // A timer holds at most 24.8 days; a visit that lasts longer outlives the page.
    const left = Math.min(session.api.expiresAt - Date.now() - 1000, 2 ** 31 - 1);
    const timer = setTimeout(() => {
      player.pause();
      setOver(true);
    }, left);
    return () => clearTimeout(timer);
  }, [over, session, player]);
  if (!over) return null;
  return (
    <OpenDialog
      again
      recordingId={session.api.recordingId}
      onOpened={(visit) => {
        session.api.renew(visit);
        setOver(false);
      }}
      onClose={() => {
        location.assign(wayBack().path);
      }}
    />
  );
}

function Stage(props: { stage: RefObject<HTMLDivElement | null> }): JSX.Element {
  const reviewing = useReviewing();
  const [keys, setKeys] = useState(false);
  const full = useFullScreen(props.stage);
  useReviewKeys(reviewing, { full: full?.toggle, keys: () => setKeys(true) });
  return (
    <div class="stage review-stage" ref={props.stage}>
      <Notices />
      <div class="review-area">
        <Tiles />
      </div>
      <Sounds />
      <TimeBar />
      <PlayerBar stage={props.stage} onKeys={() => setKeys(true)} />
      <Legend />
      {keys ? <PlayerKeysDialog onClose={() => setKeys(false)} /> : null}
    </div>
  );
}

const noneHidden: ReadonlySet<MarkKind> = new Set();

export function PlayerPage(props: { session: ReviewSession }): JSX.Element {
  const { session } = props;
  const { player } = session;
  const [hidden, setHidden] = useState(noneHidden);
  const [drawnShown, setDrawnShown] = useState(true);
  const stage = useRef<HTMLDivElement>(null);
  const reviewing: Reviewing = useMemo(
    () => ({ session, player, hidden, setHidden, drawnShown, setDrawnShown }),
    [session, player, hidden, drawnShown],
  );
  return (
    <ReviewingContext.Provider value={reviewing}>
      <div class="room review">
        <a class="skip-link" href="#main">
          {t('common.skip')}
        </a>
        <Top />
        <main id="main" class="consult-main review-main" tabIndex={-1}>
          <Stage stage={stage} />
          <Side />
        </main>
        <VisitOver />
      </div>
    </ReviewingContext.Provider>
  );
}
