/** Gives a session its media and passes on what media says. */

import type { Emitter } from '../emitter.ts';
import { ClientError } from '../errors.ts';
import type { DataChannelsImpl } from '../media/data-channels.ts';
import type { Request } from '../media/engine.ts';
import { MediaSession } from '../media/media-session.ts';
import type { SessionEvents } from '../types.ts';
import type { Reports } from './reports.ts';
import type { SessionDeps } from './session.ts';

export interface MediaHooks {
  readonly request: Request;
  readonly rejoin: () => Promise<void>;
  readonly events: Emitter<SessionEvents>;
  readonly reports: Reports;
  readonly channels: DataChannelsImpl;
  /** Something about the connection may read otherwise now. */
  readonly update: () => void;
  readonly refuse: (error: ClientError) => void;
}

/** Makes the media of a session; fetched first where a page has to be small until it films. */
export type MediaFactory = (deps: SessionDeps, hooks: MediaHooks) => MediaSession;

export function createSessionMedia(deps: SessionDeps, hooks: MediaHooks): MediaSession {
  const { peerId, clock, createDevice, grab, memory, socket, options } = deps;
  const { events, reports, update } = hooks;
  const media = new MediaSession({
    peerId,
    clock,
    createDevice,
    grab,
    channels: hooks.channels,
    memory,
    request: hooks.request,
    rejoin: hooks.rejoin,
    measured: { send: options.measuredUp, recv: options.measuredDown },
    reconnectSocket: () => socket.reconnect(),
  });
  media.events.on('change', update);
  media.events.on('warning', (warning) => events.emit('warning', warning));
  media.events.on('healed', () => reports.handleHealed());
  media.events.on('unsupported', () => {
    hooks.refuse(new ClientError('unsupported-browser', 'This browser has no WebRTC; use another one.'));
  });
  media.events.on('stats', (stats) => {
    reports.handleStats(stats);
    events.emit('stats', stats);
    update();
  });
  media.uplink.events.on('sources', () => events.emit('localSources', undefined));
  media.receiver.events.on('sources', () => events.emit('remoteSources', undefined));
  media.receiver.events.on('firstFrame', () => reports.handleFirstFrame());
  return media;
}
