/** Puts the live side together: seats, media, board, ringing and the socket door over rooms and people. */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import { createBoard, type LiveBoard } from './board/board.ts';
import { followUnits } from './board/unit-rooms.ts';
import type { Guidance } from './bystander/approvals.ts';
import type { Site } from './bystander/site.ts';
import type { VolunteerRegister } from './bystander/volunteers.ts';
import type { Links } from './links/types.ts';
import { MarkDesk } from './marks/desk.ts';
import type { MediaService, Notifier } from './media/types.ts';
import { createSignalingMetrics } from './metrics.ts';
import type {
  Audit,
  Directory,
  Invites,
  Principal,
  RoleFor,
  RoomAccess,
  RoomTokens,
  Sessions,
  SourcesFor,
} from './people/types.ts';
import type { RecordingService } from './recording/service.ts';
import type { Rooms } from './rooms/types.ts';
import { SOCKET_DEFAULTS, type SocketConfig } from './sockets/config.ts';
import type { LiveDoor } from './sockets/doors.ts';
import { Seats } from './sockets/seats.ts';
import { createSockets, type Sockets } from './sockets/server.ts';

export interface LiveOptions<M extends MediaService = MediaService> {
  /** Listeners whose pages may connect; their request handlers are in place already. */
  readonly servers: readonly (HttpServer | HttpsServer)[];
  readonly rooms: Rooms;
  readonly sessions: Sessions;
  readonly tokens: RoomTokens;
  readonly invites: Invites;
  readonly links: Links;
  readonly guidance: Guidance;
  readonly volunteers: VolunteerRegister;
  readonly lengths: Pick<Site['lengths'], 'measuring'>;
  readonly directory: Directory;
  readonly audit: Audit;
  readonly access: RoomAccess;
  readonly roleFor: RoleFor;
  readonly sourcesFor: SourcesFor;
  readonly registry: Registry;
  readonly log: Logger;
  readonly clock: Clock;
  readonly config?: Partial<SocketConfig>;
  /** Makes the media side, given how it reaches browsers. */
  createMedia(notifier: Notifier): M | Promise<M>;
  /** Makes what follows the recordings of rooms beside media. Absent: nothing is recorded from here. */
  createRecording?(media: M, notifier: Notifier): RecordingService;
  sessionSecret(request: IncomingMessage): string | undefined;
  addressOf(request: IncomingMessage): string;
  /** Whose sessions count on these listeners: everyone's but those of guests of links, unless told. */
  admits?(principal: Principal): boolean;
  /** The listener for guests of links, apart from that for staff. */
  readonly guests?: LiveDoor;
}

export interface LiveSide {
  readonly media: MediaService;
  readonly board: LiveBoard;
  readonly sockets: Sockets;
  readonly notifier: Notifier;
  /** Ends connections, then the board, then recording and media; rooms and people are closed by who opened them. */
  close(reason: string): Promise<void>;
}

/** Opens the live side. The listeners may listen already or later. */
export async function createLive<M extends MediaService>(options: LiveOptions<M>): Promise<LiveSide> {
  const { rooms, log, clock } = options;
  const config: SocketConfig = { ...SOCKET_DEFAULTS, ...options.config };
  const seats = new Seats(rooms, log);
  const media = await options.createMedia(seats);
  const recording = options.createRecording?.(media, seats);
  const board = await createBoard({ rooms, access: options.access, log });
  const unfollow = followUnits(rooms, options.directory, log);
  const figures = { sockets: () => 0 };
  const metrics = createSignalingMetrics(options.registry, {
    rooms: () => board.states().size,
    sockets: () => figures.sockets(),
    peersByRole: () => countRoles(seats),
  });
  const {
    servers,
    sessionSecret,
    addressOf,
    admits = ({ linkId }: Principal) => linkId === undefined,
    guests,
    createMedia: _,
    createRecording: __,
    registry: ___,
    ...parts
  } = options;
  const marks = new MarkDesk({ rooms, live: seats, clock, log });
  const services = { ...parts, marks, media, board, metrics, now: () => clock.now() };
  const staff = { servers, sessionSecret, addressOf, admits, allowedOrigins: config.allowedOrigins };
  const doors = guests ? [staff, guests] : [staff];
  const sockets = await createSockets({ doors, services, seats, config, clock });
  figures.sockets = () => sockets.size;
  let closed: Promise<void> | undefined;
  const close = async (reason: string) => {
    await sockets.close(reason);
    await marks.close();
    await unfollow();
    board.close();
    await recording?.close(reason);
    await media.close(reason);
  };
  return {
    media,
    board,
    sockets,
    notifier: seats,
    close: (reason) => {
      closed ??= close(reason);
      return closed;
    },
  };
}

function countRoles(seats: Seats): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { peer } of seats.all()) counts.set(peer.role, (counts.get(peer.role) ?? 0) + 1);
  return counts;
}
