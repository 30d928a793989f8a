/** The live part of the bystander's page: joins the room as soon as the link is open, and films when it may. See types.ts. */
import './polyfills.ts';
import { computed, type ReadonlySignal } from '@preact/signals';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import { warn } from './line.ts';
import { Parts } from './parts.ts';
import { placeSeen } from './standing.ts';
import type { LiveHost, LivePart } from './types.ts';
import { screenOf } from './views/screens.tsx';
import { photoOf, pictureOf, talkOf } from './views/views.tsx';

export function startLive(host: LiveHost): LivePart {
  const parts = new Parts(host);
  const { line, camera } = parts;
  const from = <T>(read: (state: RoomState) => T): ReadonlySignal<T> =>
    computed(() => read(line.state.value));
  const screen = screenOf(parts);
  return {
    link: line.link,
    end: line.end,
    camera: camera.state,
    metronome: from(({ bystander }) => bystander.metronome),
    card: parts.card,
    seen: from(placeSeen),
    roomTime: () => line.roomTime(),
    cardShown: (pushId, version) => line.later('guidance.shown', { pushId, version }),
    setMetronome: (on, source) => setMetronome(parts, on, source),
    mark: (mark) => line.later('cpr.mark', { mark, at: Date.now() }),
    openCamera: (noticeVersion) => camera.open(noticeVersion),
    stopCamera: () => {
      camera.stop();
      parts.microphone.close();
    },
    Picture: pictureOf(parts),
    Talk: talkOf(parts),
    Photo: photoOf(parts),
    ...(screen ? { Screen: screen } : {}),
    close: (reason) => parts.close(reason),
  };
}

function setMetronome({ line }: Parts, on: boolean, source: 'page' | 'bystander'): void {
  if (source === 'bystander') {
    line.later('metronome.set', { on, source, ...(on ? {} : { reason: 'moves-or-breathes' }) });
    if (!on) line.later('cpr.mark', { mark: 'breathes', at: Date.now() });
    return;
  }
  // Another page of this incident, or the dispatcher, may have set it already: theirs counts.
  line.session
    .peek()
    .joined()
    .then(
      () => {
        if (!line.session.peek().state.bystander.metronome) line.later('metronome.set', { on, source });
      },
      (error: unknown) => warn('metronome', error),
    );
}
