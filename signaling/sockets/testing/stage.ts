/** A stage for tests: the real live side over real rooms and people on SQLite. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, ManualClock, systemClock } from '../../../platform/clock.ts';
import { newId } from '../../../platform/ids.ts';
import { createLogger } from '../../../platform/log.ts';
import { createMetricsRegistry, type Registry } from '../../../platform/metrics.ts';
import { type Database, openDatabase } from '../../../platform/sql/database.ts';
import { openSite, type Site } from '../../bystander/site.ts';
import { type LinkSide, openLinks } from '../../links/links.ts';
import type { LinkMessage } from '../../links/types.ts';
import { createLive, type LiveSide } from '../../live.ts';
import { openPeople, type People } from '../../people/people.ts';
import { roleFor, roomAccess, sourcesFor } from '../../people/visibility.ts';
import type { OrganisationKind } from '../../protocol/http.ts';
import type { Role } from '../../protocol/roles.ts';
import { LocalRooms } from '../../rooms/rooms.ts';
import { SqlLogStore } from '../../rooms/sql-log-store.ts';
import type { SocketConfig } from '../config.ts';
import { openBystanderListener, TestPhone } from './bystander-listener.ts';
import { TestClient } from './client.ts';
import { NodelessMedia } from './media.ts';

const COOKIE = 'stage-session';
const log = createLogger('test', {}, { level: 'silent' });

interface Running {
  readonly rooms: LocalRooms;
  readonly links: LinkSide;
  readonly site: Site;
  readonly live: LiveSide;
  readonly media: NodelessMedia;
  readonly registry: Registry;
  readonly port: number;
  readonly bystanderPort: number;
  stop(): Promise<void>;
}

interface Ground {
  readonly folder: string;
  readonly database: Database;
  readonly masterKey: Uint8Array;
  readonly people: People;
  readonly config: Partial<SocketConfig>;
  /** As in production, cards without an approval are refused. */
  readonly isProduction: boolean;
  /** Links that were handed over for sending. */
  readonly messages: LinkMessage[];
  /** What links count their time by. */
  readonly linkClock: ManualClock;
}

export class Stage {
  readonly people: People;
  readonly url: string;
  readonly #ground: Ground;
  readonly #clients: TestClient[] = [];
  readonly #phones: TestPhone[] = [];
  #running: Running;

  private constructor(ground: Ground, running: Running) {
    this.people = ground.people;
    this.#ground = ground;
    this.#running = running;
    this.url = `http://127.0.0.1:${running.port}`;
  }

  static async open(config: Partial<SocketConfig> = {}, isProduction = false): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'goldenhour-live-'));
    const database = await openDatabase(`sqlite:${join(folder, 'stage.db')}`);
    const masterKey = randomBytes(32);
    const people = await openPeople({
      database,
      masterKey,
      log,
      publicOrigin: () => 'https://stage.example',
      pollMs: 0,
      passwords: { algorithm: 'scrypt', cost: { log2N: 10 } },
    });
    const ground = {
      folder,
      database,
      masterKey,
      people,
      config,
      isProduction,
      messages: [],
      linkClock: new ManualClock(Date.now()),
    };
    return new Stage(ground, await start(ground, 0));
  }

  get rooms(): LocalRooms {
    return this.#running.rooms;
  }
  get links(): LinkSide {
    return this.#running.links;
  }
  get site(): Site {
    return this.#running.site;
  }
  get linkClock(): ManualClock {
    return this.#ground.linkClock;
  }
  get messages(): readonly LinkMessage[] {
    return this.#ground.messages;
  }
  get live(): LiveSide {
    return this.#running.live;
  }
  get media(): NodelessMedia {
    return this.#running.media;
  }
  get registry(): Registry {
    return this.#running.registry;
  }

  async organisation(name: string, kind: OrganisationKind): Promise<string> {
    return (await this.people.organisations.add({ name, kind })).organisationId;
  }

  async unit(name: string, organisationId: string): Promise<string> {
    return (await this.people.units.add({ name, organisationId })).unitId;
  }

  /** A signed-in person. */
  async person(role: Role | readonly Role[], organisationId: string): Promise<TestPerson> {
    const roles: readonly Role[] = typeof role === 'string' ? [role] : role;
    const { principalId } = await this.people.persons.add({
      username: `u${newId()}`,
      name: `The ${roles.join(' and ')}`,
      organisationId,
      roles,
      password: 'a long enough password',
      mustChangePassword: false,
    });
    const principal = await this.people.directory.principal(principalId);
    if (!principal) throw new Error('the person was not kept');
    const { session, secret } = await this.people.sessions.begin(principal);
    return new TestPerson(this, principalId, session.sid, secret);
  }

  /** A signed-in device of a unit. */
  async device(unitId: string, name: string): Promise<TestPerson> {
    const { code } = await this.people.devices.invite(unitId, 'crew');
    const { session, secret } = await this.people.devices.enrol(code, name);
    return new TestPerson(this, session.principal.principalId, session.sid, secret);
  }

  /** Whoever opens the link of an invitation. */
  async guest(inviteUrl: string): Promise<TestPerson> {
    const { session, secret } = await this.people.invites.open(new URL(inviteUrl).hash.slice(1), 'stage');
    return new TestPerson(this, session.principal.principalId, session.sid, secret);
  }

  /** A phone with a browser of its own, at the bystander's door. */
  phone(): TestPhone {
    const phone = new TestPhone(this.#running.bystanderPort);
    this.#phones.push(phone);
    return phone;
  }

  connect(cookie: string | undefined, options: { transports?: string[]; origin?: string } = {}): TestClient {
    const client = new TestClient(this.url, cookie, options);
    this.#clients.push(client);
    return client;
  }

  /** The rooms of another process over the same database. */
  async otherRooms(clock: Clock): Promise<LocalRooms> {
    const { database, folder, masterKey } = this.#ground;
    const store = await SqlLogStore.open(database, clock);
    return LocalRooms.open({ store, masterKey, spillFolder: join(folder, 'other'), log, clock });
  }

  /** Replaces rooms and live side by new ones over the same database, as a restart of signaling does. */
  async restart(): Promise<void> {
    await this.#running.stop();
    this.#running = await start(this.#ground, this.#running.port, this.#running.bystanderPort);
  }

  async close(): Promise<void> {
    for (const client of [...this.#clients, ...this.#phones]) client.close();
    await this.#running.stop();
    await this.people.close();
    await this.#ground.database.close();
    await rm(this.#ground.folder, { recursive: true });
  }
}

async function start(ground: Ground, port: number, bystanderPort = 0): Promise<Running> {
  const { database, folder, masterKey, people, config, messages, linkClock } = ground;
  const server = createServer((_request, response) => response.writeHead(404).end());
  const store = await SqlLogStore.open(database);
  const rooms = await LocalRooms.open({ store, masterKey, spillFolder: join(folder, 'spill'), log });
  const registry = createMetricsRegistry({ role: 'test', processMetrics: false });
  const links = await openLinks({
    ...{ database, masterKey, people, rooms, store, log, registry, timer: false, clock: linkClock },
    sending: { send: (message) => void messages.push(message) },
    origin: () => 'https://stage.example',
    emergencyPhone: '120',
    supportPhone: '+8675500000',
  });
  const site = await openSite({ database, masterKey, isProduction: ground.isProduction });
  const media = new NodelessMedia();
  const parts = { database, store, masterKey, people, rooms, links, site, registry, log };
  const bystander = await openBystanderListener(parts, bystanderPort);
  const live = await createLive({
    servers: [server],
    rooms,
    sessions: people.sessions,
    tokens: people.tokens,
    invites: people.invites,
    links: links.links,
    guidance: site.guidance,
    volunteers: site.volunteers,
    lengths: site.lengths,
    directory: people.directory,
    audit: people.audit,
    access: roomAccess,
    roleFor,
    sourcesFor,
    registry,
    log,
    clock: systemClock,
    config,
    createMedia: () => media,
    guests: bystander.live,
    sessionSecret: (request) => request.headers.cookie?.split(`${COOKIE}=`)[1],
    addressOf: (request) => request.socket.remoteAddress ?? '',
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the stage does not listen');
  const stop = async () => {
    await live.close('restart');
    await bystander.close();
    await links.close();
    await rooms.close('restart');
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    ...{ rooms, links, site, live, media, registry, stop },
    port: address.port,
    bystanderPort: bystander.listener.port,
  };
}

/** Someone signed in on one browser or device. */
export class TestPerson {
  readonly principalId: string;
  readonly sid: string;
  readonly cookie: string;
  readonly #stage: Stage;

  constructor(stage: Stage, principalId: string, sid: string, secret: string) {
    this.#stage = stage;
    this.principalId = principalId;
    this.sid = sid;
    this.cookie = `${COOKIE}=${secret}`;
  }

  /** A connection of this person. */
  connect(options?: { transports?: string[] }): Promise<TestClient> {
    return this.#stage.connect(this.cookie, options).connected();
  }

  /** A token as the HTTP interface gives it. */
  async token(roomId: string, wanted?: Role): Promise<string> {
    const { people, rooms } = this.#stage;
    const principal = await people.directory.principal(this.principalId);
    const role = principal && roleFor(principal, await rooms.at(roomId).state(), wanted);
    if (!principal || !role) throw new Error('no role in that room');
    const { organisationId: org, name, unitId } = principal;
    const { token } = await people.tokens.sign({
      sub: this.principalId,
      room: roomId,
      role,
      org,
      name,
      sources: [...sourcesFor(role)],
      sid: this.sid,
      ...(unitId ? { unit: unitId } : {}),
    });
    return token;
  }

  /** A connection that has joined. */
  async enter(
    roomId: string,
    { role, ...options }: { role?: Role; speaksHere?: boolean; device?: string } = {},
  ): Promise<TestClient> {
    const client = await this.connect();
    await client.join(roomId, await this.token(roomId, role), options);
    return client;
  }
}
