/** Calls for help that ring here: above everything, with sound, with one large Answer key each. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { RingingCall, RoomList } from '../../core/types.ts';
import { formatClock } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { act, announce, start } from '../../ui/announcer.tsx';
import { Banner } from '../../ui/controls.tsx';
import { useNow } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { go } from '../../ui/router.ts';
import { armSound, probeSound, soundArmed, startRinging, stopRinging } from './ring.ts';

/** Says "seen" for each call once this page is truly in front of someone. */
function useSeen(list: RoomList, calls: readonly RingingCall[]): void {
  const told = useRef(new Set<string>());
  useEffect(() => {
    const tellSeen = () => {
      if (document.visibilityState !== 'visible' || !document.hasFocus()) return;
      for (const call of calls) {
        if (told.current.has(call.callId)) continue;
        told.current.add(call.callId);
        // "Seen" is a courtesy; when it fails, answering still works and says what is wrong.
        list.seen(call).catch(() => told.current.delete(call.callId));
      }
    };
    tellSeen();
    document.addEventListener('visibilitychange', tellSeen);
    window.addEventListener('focus', tellSeen);
    return () => {
      document.removeEventListener('visibilitychange', tellSeen);
      window.removeEventListener('focus', tellSeen);
    };
  }, [list, calls]);
}

function Call(props: {
  call: RingingCall;
  list: RoomList;
  now: number;
  pathOf: (roomId: string) => string;
}): JSX.Element {
  const { call, list, now } = props;
  const answer = async () => {
    if (await act(() => list.answer(call))) go(props.pathOf(call.roomId));
  };
  return (
    <li class="call">
      <span class="call-icon" aria-hidden="true">
        <Icon name="bell" />
      </span>
      <div class="grow">
        <strong class="call-from">{t('ring.from', { name: call.fromName })}</strong>
        <p class="call-what">
          {call.title}
          {call.drill ? ` · ${t('drill.short')}` : ''}
        </p>
        <p class="small figures">{t('ring.waiting', { clock: formatClock(now - call.sinceUtc) })}</p>
      </div>
      <button type="button" class="button answer call-answer" onClick={() => start(answer)}>
        <Icon name="phone" />
        {t('ring.answer')}
      </button>
    </li>
  );
}

/** Asks for the tap that browsers want before a page may ring. */
export function SoundHint(): JSX.Element | null {
  useEffect(() => probeSound(), []);
  if (soundArmed.value) return null;
  return (
    <Banner
      kind="warn"
      icon="bell"
      action={
        <button type="button" class="button" onClick={() => start(armSound)}>
          {t('ring.arm')}
        </button>
      }
    >
      {t('ring.silent')}
    </Banner>
  );
}

const consulting = (roomId: string) => `/consult/${roomId}`;

export function RingingCalls(props: {
  list: RoomList;
  calls: readonly RingingCall[];
  /** The page on which answering goes on; consulting unless told. */
  pathOf?: (roomId: string) => string;
}): JSX.Element | null {
  const { calls, list } = props;
  const now = useNow(1000);
  useSeen(list, calls);
  const ringing = calls.length > 0;
  const newest = calls[0];
  useEffect(() => {
    if (!ringing) return undefined;
    startRinging();
    return () => stopRinging();
  }, [ringing]);
  const newestId = newest?.callId;
  useEffect(() => {
    if (newest !== undefined) announce(t('ring.from', { name: newest.fromName }), 'urgent');
  }, [newestId]);
  if (!ringing) return null;
  return (
    <section class="calls" aria-label={t('ring.title')}>
      <ul class="stack">
        {calls.map((call) => (
          <Call key={call.callId} call={call} list={list} now={now} pathOf={props.pathOf ?? consulting} />
        ))}
      </ul>
    </section>
  );
}
