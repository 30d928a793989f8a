/** The signaling side of a process: store, people, rooms, the HTTP door and the live side, in this order. */
import { join } from 'node:path';
import { sql } from 'kysely';
import { systemClock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/schema.ts';
import { AppError } from '../../platform/errors.ts';
import { writeAtomically } from '../../platform/files.ts';
import { createLogger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import { type Database, openDatabase } from '../../platform/sql/database.ts';
import { ownOrigin } from '../../platform/tls/addresses.ts';
import type { CertificateKeeper } from '../../platform/tls/keeper.ts';
import { openSite, type Site } from '../../signaling/bystander/site.ts';
import { createHttp, type HttpApp } from '../../signaling/http/app.ts';
import { sessionSecretFrom } from '../../signaling/http/cookies.ts';
import { type Listener, listen, redirectToHttps } from '../../signaling/http/listen.ts';
import type { LinkSide } from '../../signaling/links/links.ts';
import { createLive } from '../../signaling/live.ts';
import { createMediaService } from '../../signaling/media/service.ts';
import { readMasterKey } from '../../signaling/people/keyring.ts';
import { openPeople, type People } from '../../signaling/people/people.ts';
import { roleFor, roomAccess, sourcesFor } from '../../signaling/people/visibility.ts';
import type { ControlClient } from '../../signaling/protocol/control.ts';
import type { RecorderClient } from '../../signaling/protocol/recorder.ts';
import type { SmsReportDoor, SmsSender } from '../../signaling/protocol/sms.ts';
import { createRecordingService } from '../../signaling/recording/service.ts';
import type { RecorderAddress } from '../../signaling/recordings/recorders.ts';
import { openRecordings, type Recordings } from '../../signaling/recordings/recordings.ts';
import type { LogStore } from '../../signaling/rooms/log-store.ts';
import { LocalRooms } from '../../signaling/rooms/rooms.ts';
import { SqlLogStore } from '../../signaling/rooms/sql-log-store.ts';
import type { Rooms } from '../../signaling/rooms/types.ts';
import type { LiveDoor } from '../../signaling/sockets/doors.ts';
import { linkOrigin, openBystanderDoor, openLinkSide } from './bystander.ts';
import type { Register } from './open.ts';
import { imageOrigins, mediaConfig, origins, publicConfig, socketConfig } from './settings.ts';
import { smsNotice } from './sms.ts';

export interface SignalingParts {
  readonly config: Config;
  readonly registry: Registry;
  readonly certificate: CertificateKeeper;
  readonly links: readonly ControlClient[];
  readonly recorders: readonly RecorderClient[];
  /** Where recorders answer now, for bytes of recordings. */
  readonly recorderAddresses: () => readonly RecorderAddress[];
  readonly register: Register;
  /** Folder of the built pages. */
  readonly pagesFolder: string;
  /** Folder of the bystander's built page. */
  readonly bystanderPagesFolder: string;
  /** Sends links to phones; of kind `none`, they can be shown and copied alone. */
  readonly sms: SmsSender;
  /** Takes what its gateway reports; absent where nothing comes in. */
  readonly smsReports?: SmsReportDoor;
}

export interface SignalingSide {
  readonly people: People;
  readonly rooms: Rooms;
  readonly listener: Listener;
  /** Port of plain HTTP; absent with a given certificate. */
  readonly plainPort?: number;
  /** The bystander's listener, where this process opens one, and the origin that links begin with. */
  readonly bystander?: Listener;
  readonly bystanderOrigin?: string;
  readonly links: LinkSide;
  /** What the site registers itself: places, volunteers, approvals. */
  readonly site: Site;
}

/** Opens the store, the people and the rooms of it, the HTTPS door, and last the live connections. */
export async function openSignaling(parts: SignalingParts): Promise<SignalingSide> {
  const own = { origin: '', links: linkOrigin(parts.config, undefined) };
  const origins = { staff: () => parts.config.http.publicOrigin ?? own.origin, links: () => own.links };
  const store = await openStore(parts, origins);
  const door = await openDoor(parts, store);
  own.origin = ownOrigin(parts.config.tls.hostnames, door.listener.port);
  const { people, rooms, links, recordings, site } = store;
  const bystander = await openBystanderDoor({
    ...parts,
    ...{ people, rooms, links, recordings, site },
    pagesFolder: parts.bystanderPagesFolder,
  });
  own.links = linkOrigin(parts.config, bystander?.listener.port);
  await openLive(parts, store, door, bystander?.live);
  const { listener, plainPort } = door;
  return {
    ...{ people, rooms, listener, links, site },
    ...(plainPort === undefined ? {} : { plainPort }),
    ...(bystander ? { bystander: bystander.listener, bystanderOrigin: own.links } : {}),
  };
}

interface Store {
  readonly database: Database;
  readonly logs: LogStore;
  readonly people: People;
  readonly rooms: Rooms;
  readonly recordings: Recordings;
  readonly site: Site;
  readonly links: LinkSide;
}

async function openStore(
  parts: SignalingParts,
  origins: { staff: () => string; links: () => string },
): Promise<Store> {
  const { config, register } = parts;
  const masterKey = await readMasterKey(config.dataDir);
  const database = await openDatabase(databaseUrl(config));
  register('database', () => database.close());
  const people = await openPeople({
    database,
    masterKey,
    publicOrigin: origins.staff,
    sessionIdleMs: config.auth.sessionIdleMinutes * 60_000,
    tokenMs: config.auth.tokenSeconds * 1000,
    loginAttempts: config.auth.loginAttempts,
    loginWindowMs: config.auth.loginWindowMinutes * 60_000,
  });
  register('people', () => people.close());
  // As with the copy of the master key: what a site has to approve itself is asked for in production.
  const isProduction = process.env.NODE_ENV === 'production';
  const site = await openSite({ database, masterKey, isProduction });
  const store = await SqlLogStore.open(database);
  const rooms = await LocalRooms.open({
    store,
    masterKey,
    spillFolder: join(config.dataDir, 'spill'),
    log: createLogger('signaling.rooms'),
    leaseMs: config.rooms.leaseSeconds * 1000,
  });
  register('rooms', (reason) => rooms.close(reason));
  const links = await openLinkSide({
    ...{ config, database, masterKey, people, rooms, store, register },
    ...{ sms: parts.sms, registry: parts.registry },
    origin: origins.links,
  });
  const recordings = await openRecordings({
    database,
    store,
    masterKey,
    audit: people.audit,
    roleFor,
    recorders: parts.recorderAddresses,
    retentionDays: config.recording.retentionDays,
  });
  register('recordings', () => recordings.close());
  recordings.catalog.followRooms(rooms);
  for (const recorder of parts.recorders) recordings.catalog.followRecorder(recorder);
  recordings.catalog.start();
  return { database, logs: store, people, rooms, recordings, site, links };
}

interface HttpDoor {
  readonly http: HttpApp;
  readonly listener: Listener;
  readonly plainPort?: number;
}

async function openDoor(parts: SignalingParts, store: Store): Promise<HttpDoor> {
  const { config, certificate, register } = parts;
  const { database, people, rooms, recordings, site, links } = store;
  const http = await createHttp({
    people,
    dispatch: links.dispatch,
    rooms,
    recordings,
    site,
    tcpr: () => config.tcpr,
    ...(parts.smsReports ? { smsReports: parts.smsReports } : {}),
    clock: systemClock,
    registry: parts.registry,
    log: createLogger('signaling.http'),
    config: () => publicConfig(config),
    authority: () => certificate.current.authority,
    readiness: readiness(config.dataDir, database, parts.links),
    notices: { ...notices(parts.recorders), ...smsNotice(parts.sms) },
    pagesFolder: parts.pagesFolder,
    origins: origins(config.http),
    trustProxy: config.http.trustProxy,
    hsts: config.tls.certFile !== undefined,
    imageOrigins: imageOrigins(config),
    metrics: config.metrics,
  });
  const listener = await listen({
    callback: http.callback,
    port: config.http.port,
    ...(config.http.host === undefined ? {} : { host: config.http.host }),
    certificate: certificate.current,
  });
  register('listener', () => listener.close());
  register('certificate renewal', certificate.onRenewed(listener.renew));
  const plain = config.tls.certFile === undefined ? await openPlain(parts, http, listener.port) : undefined;
  return { http, listener, ...(plain ? { plainPort: plain.port } : {}) };
}

/** Plain HTTP that sends people to HTTPS, and serves the few pages a phone needs before it trusts the certificate. */
async function openPlain(
  { config, register }: SignalingParts,
  http: HttpApp,
  httpsPort: number,
): Promise<Listener> {
  const listener = await listen({
    callback: redirectToHttps(http.callback, httpsPort),
    port: config.http.plainPort,
    ...(config.http.host === undefined ? {} : { host: config.http.host }),
  });
  register('plain listener', () => listener.close());
  return listener;
}

async function openLive(
  parts: SignalingParts,
  { people, rooms, logs, recordings, site, links }: Store,
  { http, listener }: HttpDoor,
  guests: LiveDoor | undefined,
): Promise<void> {
  const { config, registry } = parts;
  const clock = systemClock;
  const live = await createLive({
    servers: [listener.server],
    rooms,
    sessions: people.sessions,
    tokens: people.tokens,
    invites: people.invites,
    links: links.links,
    ...(guests ? { guests } : {}),
    guidance: site.guidance,
    volunteers: site.volunteers,
    lengths: site.lengths,
    directory: people.directory,
    audit: people.audit,
    access: roomAccess,
    roleFor,
    sourcesFor,
    registry,
    clock,
    log: createLogger('signaling.live'),
    config: socketConfig(config),
    createMedia: (notifier) =>
      createMediaService({
        rooms,
        notifier,
        nodes: parts.links,
        registry,
        logger: createLogger('signaling.media'),
        clock,
        config: mediaConfig(config),
      }),
    createRecording: (media, notifier) =>
      createRecordingService({
        ...{ rooms, store: logs, media, notifier, registry, clock },
        recorders: parts.recorders,
        logger: createLogger('signaling.recording'),
        onRecorder: (roomId, nodeId) => recordings.catalog.kept(roomId, nodeId),
      }),
    sessionSecret: (request) => sessionSecretFrom(request.headers.cookie),
    addressOf: http.addressOf,
  });
  parts.register('live side', (reason) => live.close(reason));
}

/** SQLite files stand in the data folder unless their path is absolute. */
export function databaseUrl({ database, dataDir }: Config): string {
  const file = /^sqlite:(?!:memory:|\/)(.+)$/.exec(database.url)?.[1];
  return file === undefined ? database.url : `sqlite:${join(dataDir, file)}`;
}

function readiness(
  dataDir: string,
  database: Database,
  links: readonly ControlClient[],
): Record<string, () => Promise<void>> {
  return {
    database: async () => {
      await sql`select 1`.execute(database.query);
    },
    // A full disk answers questions still; only a write shows it.
    disk: () => writeAtomically(join(dataDir, 'ready.probe'), 'x'.repeat(4096)),
    media: async () => {
      if (links.some((link) => link.connected)) return;
      throw new AppError('media-unavailable', 'No media node can be reached.', {
        whatToDo: 'Start a media node (`--role sfu`) and name it in cluster.nodes.',
      });
    },
  };
}

/** What does not keep a process from its work, but should be known: the call goes on without a recorder. */
function notices(recorders: readonly RecorderClient[]): Record<string, () => Promise<void>> {
  if (recorders.length === 0) return {};
  return {
    recorder: async () => {
      if (recorders.some((link) => link.connected)) return;
      throw new AppError('recorder-away', 'No recorder can be reached: nothing is recorded.', {
        whatToDo: 'Look at the log of the recorder; it is started again by itself in role all.',
      });
    },
  };
}
