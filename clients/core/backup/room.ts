/** What the own copy needs of a room, and how it gets that from a session. */
import type { RoomSession } from '../types.ts';
import type { RoomTimes } from './room-clock.ts';
import type { LiveLoad } from './throttle.ts';

export interface CopySource {
  readonly producerId: string;
  readonly track: MediaStreamTrack;
}

export interface CopyRoom {
  readonly roomId: string;
  readonly times: RoomTimes;
  /** False while the recording is switched off: then nothing is kept either. */
  isRecorded(): boolean;
  /** What is to be kept now. */
  sources(): readonly CopySource[];
  load(): LiveLoad;
  /** Room time up to which the recorder has each source, by producer id. */
  durable(): ReadonlyMap<string, number>;
  /** Calls back when any of it may have changed. Returns the function that stops it. */
  onChange(listener: () => void): () => void;
}

/** Keeps nothing before a source is live: what makes the first picture late helps nobody. */
export function roomOf(session: RoomSession): CopyRoom {
  const begun = new Set<string>();
  const isRecorded = () => session.state.phase === 'open' && session.state.recording?.on !== false;
  return {
    roomId: session.roomId,
    times: {
      get roomTime() {
        return session.roomTime;
      },
      get state() {
        return session.state;
      },
      askUtc: async () => (await session.request('clock.sync', {}, { deadlineMs: 2000 })).utc,
    },
    isRecorded,
    sources() {
      for (const source of session.localSources) if (source.status === 'live') begun.add(source.producerId);
      const muted = session.state.peers[session.peerId]?.muted;
      return session.localSources.filter(
        ({ producerId, kind, status, paused }) =>
          isRecorded() && begun.has(producerId) && status !== 'closed' && !paused && muted?.[kind] !== true,
      );
    },
    load: () => loadOf(session),
    durable: () =>
      new Map([...session.recordedTracks.values()].map((each) => [each.producerId, each.durableUntil])),
    onChange(listener) {
      const watched = new Map<string, () => void>();
      const watch = () => {
        for (const source of session.localSources) {
          if (!watched.has(source.producerId)) watched.set(source.producerId, source.on('change', listener));
        }
        listener();
      };
      const stops = [session.on('localSources', watch), session.on('state', listener)];
      watch();
      return () => {
        for (const stop of [...stops, ...watched.values()]) stop();
      };
    },
  };
}

function loadOf({ connection, localSources, stats }: RoomSession): LiveLoad {
  const open = localSources.filter(({ status }) => status !== 'closed');
  const link = stats.link.at(-1);
  return {
    linked: connection.status === 'live',
    sends: open.length > 0,
    pictures: open.flatMap(({ rung, paused, track, info }) =>
      rung === undefined || paused
        ? []
        : [{ rung, height: track.getSettings().height ?? info.height ?? 1080 }],
    ),
    lossFraction: link?.upLoss,
    rttMs: link?.rttMs,
    availableBitrate: link?.availableUp,
  };
}
