/** Joins a room for as long as it is mounted, and shows what stands inside once there is a session. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { JoinOptions } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { Banner } from '../../ui/controls.tsx';
import { errorText } from '../../ui/error-text.ts';
import { useServices } from '../../ui/services.ts';
import { followSession, type LiveRoom, RoomContext } from './live-room.ts';

function useJoinedRoom(
  roomId: string,
  options: JoinOptions,
): { room: LiveRoom | undefined; problem: string | undefined } {
  const services = useServices();
  const [room, setRoom] = useState<LiveRoom>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let live: LiveRoom | undefined;
    let stopped = false;
    const join = async () => {
      try {
        const client = await services.client();
        if (stopped) return;
        const session = client.join(roomId, options);
        live = followSession(session);
        // A refusal is shown from `connection`; waiting here only keeps the promise from floating.
        session.joined().catch(() => undefined);
        setRoom(live);
      } catch (error) {
        if (!stopped) setProblem(errorText(error));
      }
    };
    const onPageHide = () => live?.session.close('reload');
    // The browser may keep the page and show it again by its back key, with the session closed inside.
    const onPageShow = (event: PageTransitionEvent) => {
      if (event.persisted) location.reload();
    };
    window.addEventListener('pagehide', onPageHide);
    window.addEventListener('pageshow', onPageShow);
    void join();
    return () => {
      stopped = true;
      window.removeEventListener('pagehide', onPageHide);
      window.removeEventListener('pageshow', onPageShow);
      live?.stop();
      // Leaving by the address bar or a link leaves the room; a reload only closes, and comes back as the same peer.
      live?.session.leave().catch(() => undefined);
      setRoom(undefined);
    };
  }, [services, roomId, options]);
  return { room, problem };
}

/** Give it the room's id as its `key`: `options` are read once, when it joins. */
export function JoinedRoom(props: {
  roomId: string;
  options: JoinOptions;
  children: ComponentChildren;
}): JSX.Element {
  const [options] = useState(props.options);
  const { room, problem } = useJoinedRoom(props.roomId, options);
  if (problem !== undefined) {
    return (
      <main class="waiting" id="main">
        <Banner kind="bad" role="alert">
          {problem}
        </Banner>
      </main>
    );
  }
  if (room === undefined) {
    return (
      <main class="waiting" id="main">
        <span class="spinner" aria-hidden="true" />
        <span role="status">{t('room.connecting')}</span>
      </main>
    );
  }
  return <RoomContext.Provider value={room}>{props.children}</RoomContext.Provider>;
}
