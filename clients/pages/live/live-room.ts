/** A room session as signals, so that each part of a page renders again only for what it shows. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Rung } from '../../../signaling/protocol/media.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import type {
  Connection,
  LocalSource,
  RemoteSource,
  RoomSession,
  SessionStats,
  TrackSafety,
} from '../../core/types.ts';
import { ViewsReporter } from './views.ts';

export interface LiveRoom {
  readonly session: RoomSession;
  readonly state: ReadonlySignal<RoomState>;
  readonly connection: ReadonlySignal<Connection>;
  readonly remote: ReadonlySignal<readonly RemoteSource[]>;
  readonly local: ReadonlySignal<readonly LocalSource[]>;
  /** Peers who speak now, loudest first. */
  readonly speaking: ReadonlySignal<readonly string[]>;
  /** By `${peerId}/${producerId}`. */
  readonly viewerRungs: ReadonlySignal<ReadonlyMap<string, Rung>>;
  /** What is safe on the recorder, by producer id. */
  readonly recorded: ReadonlySignal<ReadonlyMap<string, TrackSafety>>;
  readonly stats: ReadonlySignal<SessionStats>;
  /** Peers whose uplink fell silent. */
  readonly silent: ReadonlySignal<ReadonlySet<string>>;
  readonly views: ViewsReporter;
  /** Stops listening; the session itself is left to whoever joined. */
  stop(): void;
}

/** Speakers quieter than this, in dBov, are breath and wheels. */
const SPEECH_LEVEL = -50;

export function followSession(session: RoomSession): LiveRoom {
  const state = signal(session.state);
  const connection = signal(session.connection);
  const remote = signal(session.remoteSources);
  const local = signal(session.localSources);
  const speaking = signal<readonly string[]>([]);
  const viewerRungs = signal<ReadonlyMap<string, Rung>>(new Map(session.viewerRungs));
  const recorded = signal(session.recordedTracks);
  const stats = signal(session.stats);
  const silent = signal<ReadonlySet<string>>(new Set());
  const stops = [
    session.on('state', (next) => {
      state.value = next;
      recorded.value = session.recordedTracks;
    }),
    session.on('connection', (next) => {
      connection.value = next;
    }),
    session.on('remoteSources', () => {
      remote.value = [...session.remoteSources];
    }),
    session.on('localSources', () => {
      local.value = [...session.localSources];
    }),
    session.on('speaking', (speakers) => {
      speaking.value = speakers.filter((each) => each.level > SPEECH_LEVEL).map((each) => each.peerId);
    }),
    session.on('viewerRungs', () => {
      viewerRungs.value = new Map(session.viewerRungs);
    }),
    session.on('recording', () => {
      recorded.value = session.recordedTracks;
    }),
    session.on('stats', (next) => {
      // The session keeps one object that grows; a new one tells the graphs.
      stats.value = { link: [...next.link], sources: next.sources };
    }),
    session.on('peerSilence', ({ peerId, silent: isSilent }) => {
      const next = new Set(silent.value);
      if (isSilent) next.add(peerId);
      else next.delete(peerId);
      silent.value = next;
    }),
  ];
  const views = new ViewsReporter((requests) => session.setViews(requests));
  return {
    session,
    state,
    connection,
    remote,
    local,
    speaking,
    viewerRungs,
    recorded,
    stats,
    silent,
    views,
    stop() {
      for (const stop of stops.splice(0)) stop();
      views.close();
    },
  };
}

export const RoomContext = createContext<LiveRoom | undefined>(undefined);

export function useRoom(): LiveRoom {
  const room = useContext(RoomContext);
  if (room === undefined) throw new Error('This part of a page stands outside a room.');
  return room;
}
