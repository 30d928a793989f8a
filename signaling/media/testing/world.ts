/**
 * A room with real parts around the media service: the room's log on SQLite, real media nodes with real workers behind
 * the in-memory link, and clients that do what a browser does short of sending packets.
 */
import assert from 'node:assert/strict';
import { systemClock } from '../../../platform/clock.ts';
import { newId, newSecret } from '../../../platform/ids.ts';
import { createMetricsRegistry, type Registry } from '../../../platform/metrics.ts';
import { type Database, openDatabase } from '../../../platform/sql/database.ts';
import { connectControl } from '../../../sfu/control-client.ts';
import { serveControl } from '../../../sfu/control-server.ts';
import { type OwnedNode, startOwnedNode } from '../../../sfu/testing/owner.ts';
import type { ControlClient } from '../../protocol/control.ts';
import type { MediaKind, RtpCapabilities, RtpParameters, SourceInfo } from '../../protocol/media.ts';
import type { Params, Result } from '../../protocol/methods.ts';
import type { View } from '../../protocol/methods-media.ts';
import type { NotificationData, NotificationName } from '../../protocol/notifications.ts';
import type { LogStore } from '../../rooms/log-store.ts';
import { LocalRooms } from '../../rooms/rooms.ts';
import { SqlLogStore } from '../../rooms/sql-log-store.ts';
import { incident, joining, type TestPerson } from '../../rooms/testing/people.ts';
import { quiet, sqliteDatabases, TEST_MASTER_KEY, type TestDatabases } from '../../rooms/testing/stores.ts';
import type { RoomAddress } from '../../rooms/types.ts';
import type { MediaConfig } from '../config.ts';
import { createMediaService, type RunningMediaService } from '../service.ts';
import type { MediaMethod, Notifier } from '../types.ts';

export interface Told {
  /** Absent: told to the whole room. */
  readonly peerId?: string;
  readonly name: NotificationName;
  readonly data: unknown;
}

export interface WorldOptions {
  readonly nodes?: number;
  readonly workers?: number;
  readonly config?: Partial<MediaConfig>;
  /** True: the service reaches its nodes as another process would. */
  readonly websocket?: boolean;
  /** Hears what peers are told one by one. */
  readonly onTold?: (peerId: string, name: NotificationName, data: unknown) => void;
  /** Something that follows the rooms beside media, made anew for each owner. */
  readonly beside?: (owner: Owner) => { close(): Promise<void> };
  /** Stands between the service and each node. */
  readonly wrap?: (client: ControlClient) => ControlClient;
}

/** What one process that owns rooms has. */
export interface Owner {
  readonly rooms: LocalRooms;
  readonly service: RunningMediaService;
  readonly store: LogStore;
  readonly notifier: Notifier;
}

/** Waits for a condition, looking again every few milliseconds; the deadline is for machines much slower than this. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 30_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `in vain waited for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export class World {
  readonly told: Told[] = [];
  readonly registry: Registry = createMetricsRegistry({ role: 'test', processMetrics: false });
  readonly nodes: OwnedNode[] = [];
  readonly #clients = new Map<string, TestClient>();
  readonly #options: WorldOptions;
  readonly #databases: TestDatabases;
  readonly #database: Database;
  readonly #wrapped: readonly ControlClient[];
  readonly #links: readonly Link[];
  readonly store: LogStore;
  rooms: LocalRooms;
  service: RunningMediaService;
  room: RoomAddress;
  #beside: { close(): Promise<void> } | undefined;

  private constructor(
    options: WorldOptions,
    databases: TestDatabases,
    database: Database,
    store: LogStore,
    nodes: readonly OwnedNode[],
    links: readonly Link[],
    rooms: LocalRooms,
  ) {
    this.store = store;
    this.#options = options;
    this.#databases = databases;
    this.#database = database;
    this.nodes.push(...nodes);
    this.rooms = rooms;
    this.#links = links;
    this.#wrapped = links.map(({ client }) => (options.wrap ? options.wrap(client) : client));
    this.service = this.#startService(rooms, this.registry);
    this.room = rooms.at('not-yet');
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const databases = await sqliteDatabases();
    const database = await openDatabase(await databases.fresh());
    const nodes = await Promise.all(
      Array.from({ length: options.nodes ?? 1 }, (_, index) =>
        startOwnedNode({ nodeId: `node-${index + 1}`, workers: options.workers ?? 2 }),
      ),
    );
    const store = await SqlLogStore.open(database, systemClock);
    const rooms = await openRooms(store, await databases.folder());
    const links = await Promise.all(nodes.map((node) => linkTo(node, options.websocket ?? false)));
    const world = new World(options, databases, database, store, nodes, links, rooms);
    world.room = await rooms.create(incident, { principalId: 'system' });
    return world;
  }

  /** Somebody joins the room, whose page does the rest. */
  async enter(
    person: TestPerson,
    decodes: (all: RtpCapabilities) => RtpCapabilities = (all) => all,
  ): Promise<TestClient> {
    await this.room.execute('peer.join', joining(person), person);
    const client = new TestClient(this, person, decodes);
    this.#clients.set(person.peerId, client);
    return client;
  }

  /** Somebody joins the room and starts media. */
  async join(
    person: TestPerson,
    decodes: (all: RtpCapabilities) => RtpCapabilities = (all) => all,
  ): Promise<TestClient> {
    const client = await this.enter(person, decodes);
    await client.start();
    return client;
  }

  /** Another process takes the rooms over: new rooms, new service, the same database and nodes. */
  async takeOver(meanwhile: () => Promise<unknown> = async () => {}): Promise<void> {
    await this.#beside?.close();
    await this.service.close('replaced');
    await meanwhile();
    await this.rooms.close('replaced');
    this.rooms = await openRooms(this.store, await this.#databases.folder());
    const registry = createMetricsRegistry({ role: 'test', processMetrics: false });
    this.service = this.#startService(this.rooms, registry);
    this.room = this.rooms.at(this.room.roomId);
    await this.room.state();
  }

  /** What a node holds of the room. */
  async dump(node = this.nodes[0]) {
    const { rooms } = (await node?.client.request('node.dump', { roomIds: [this.room.roomId] })) ?? {};
    return rooms?.[0];
  }

  tellings<N extends NotificationName>(name: N, peerId?: string): NotificationData<N>[] {
    const isOfName = (told: Told): told is Told & { data: NotificationData<N> } => told.name === name;
    return this.told
      .filter(isOfName)
      .filter((told) => told.peerId === peerId)
      .map((told) => told.data);
  }

  /** Cuts the links between the service and the nodes; they come back by themselves. */
  dropLinks(): void {
    for (const link of this.#links) link.drop();
  }

  async close(): Promise<void> {
    await this.#beside?.close();
    await this.service.close('end of test');
    await this.rooms.close('end of test');
    await Promise.all(this.#links.map((link) => link.close()));
    await Promise.all(this.nodes.map((node) => node.close()));
    await this.#database.close();
    await this.#databases.close();
  }

  #startService(rooms: LocalRooms, registry: Registry): RunningMediaService {
    const notifier: Notifier = {
      notify: (_roomId, peerId, name, data) => {
        this.told.push({ peerId, name, data });
        this.#options.onTold?.(peerId, name, data);
        this.#clients.get(peerId)?.hear(name, data);
      },
      notifyRoom: (_roomId, name, data) => this.told.push({ name, data }),
    };
    const { config } = this.#options;
    const service = createMediaService({
      rooms,
      notifier,
      nodes: this.#wrapped,
      registry,
      logger: quiet,
      clock: systemClock,
      ...(config ? { config } : {}),
    });
    this.#beside = this.#options.beside?.({ rooms, service, store: this.store, notifier });
    return service;
  }
}

async function openRooms(store: LogStore, spillFolder: string): Promise<LocalRooms> {
  return LocalRooms.open({ store, masterKey: TEST_MASTER_KEY, spillFolder, log: quiet });
}

interface Link {
  readonly client: ControlClient;
  drop(): void;
  close(): Promise<void>;
}

async function linkTo({ node, client }: OwnedNode, websocket: boolean): Promise<Link> {
  if (!websocket)
    return { client, drop: () => assert.fail('only a websocket can be cut'), close: async () => {} };
  const secret = newSecret(256);
  const server = await serveControl({ node, host: '127.0.0.1', port: 0, secret, logger: quiet });
  const url = `ws://127.0.0.1:${server.port}`;
  const far = connectControl({ nodeId: node.nodeId, url, secret, logger: quiet });
  return {
    client: far,
    drop: () => server.dropLinks('cut by the test'),
    close: async () => {
      await far.close('end of test');
      await server.close('end of test');
    },
  };
}

/** A browser's side of the media methods. It answers each pushed consumer with `media.consumerReady`. */
export class TestClient {
  readonly person: TestPerson;
  readonly consumers = new Map<string, NotificationData<'media.consumer'>>();
  readonly demands = new Map<string, NotificationData<'media.demand'>>();
  readonly data = new Map<string, NotificationData<'media.dataConsumer'>>();
  started?: Result<'media.start'>;
  send = '';
  recv = '';
  /** False: pushed consumers stay unanswered. */
  answers = true;
  readonly #world: World;
  readonly #decodes: (all: RtpCapabilities) => RtpCapabilities;

  constructor(world: World, person: TestPerson, decodes: (all: RtpCapabilities) => RtpCapabilities) {
    this.#world = world;
    this.person = person;
    this.#decodes = decodes;
  }

  ask<M extends MediaMethod>(method: M, params: Params<M>): Promise<Result<M>> {
    const { peerId, principalId, role, organisationId, name, unitId } = this.person;
    const peer = { peerId, principalId, role, organisationId, name, ...(unitId ? { unitId } : {}) };
    const sources = ['patient', 'overview', 'monitor', 'face', 'voice', 'screen', 'demonstration'] as const;
    return this.#world.service.handle(method, this.#world.room.roomId, { ...peer, sources }, params);
  }

  /** What a page does first, and again after a reload or a loss. */
  async start(): Promise<void> {
    this.consumers.clear();
    this.data.clear();
    this.recv = newId();
    this.send = newId();
    const rtpCapabilities = this.#decodes(everything);
    this.started = await this.ask('media.start', { rtpCapabilities });
    await this.ask('media.createTransport', { transportId: this.recv, direction: 'recv' });
    await this.ask('media.createTransport', { transportId: this.send, direction: 'send' });
  }

  async publish(
    kind: MediaKind,
    rtpParameters: RtpParameters,
    source: Partial<SourceInfo> = {},
    producerId: string = newId(),
  ): Promise<string> {
    const base = kind === 'audio' ? voice : camera;
    await this.ask('media.produce', {
      transportId: this.send,
      producerId,
      kind,
      rtpParameters,
      source: { ...base, ...source },
    });
    return producerId;
  }

  show(...views: (Partial<View> & { producerId: string })[]): Promise<Result<'media.views'>> {
    const whole = { width: 1920, height: 1080, visible: true, priority: 5 };
    return this.ask('media.views', { views: views.map((view) => ({ ...whole, ...view })) });
  }

  /** The consumer of a producer that this client was pushed. */
  of(producerId: string): NotificationData<'media.consumer'> | undefined {
    return [...this.consumers.values()].find((consumer) => consumer.producerId === producerId);
  }

  hear<N extends NotificationName>(name: N, data: NotificationData<N>): void {
    const heard = { name, data };
    if (isNamed(heard, 'media.consumer')) {
      this.consumers.set(heard.data.consumerId, heard.data);
      if (this.answers) void this.ask('media.consumerReady', { consumerId: heard.data.consumerId });
    } else if (isNamed(heard, 'media.consumerClosed')) this.consumers.delete(heard.data.consumerId);
    else if (isNamed(heard, 'media.demand')) this.demands.set(heard.data.producerId, heard.data);
    else if (isNamed(heard, 'media.dataConsumer')) this.data.set(heard.data.dataConsumerId, heard.data);
    else if (isNamed(heard, 'media.dataConsumerClosed')) this.data.delete(heard.data.dataConsumerId);
  }
}

function isNamed<N extends NotificationName>(
  heard: { name: NotificationName; data: unknown },
  name: N,
): heard is { name: N; data: NotificationData<N> } {
  return heard.name === name;
}

const voice: SourceInfo = { role: 'voice', label: 'Voice', patientId: 'scene' };
const camera: SourceInfo = {
  role: 'overview',
  label: 'Camera',
  patientId: 'scene',
  width: 3840,
  height: 2160,
};

/** What a browser decodes that decodes everything the routers offer. */
const everything: RtpCapabilities = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
    ...[
      { mimeType: 'video/VP8', parameters: {} },
      { mimeType: 'video/VP9', parameters: { 'profile-id': 0 } },
      {
        mimeType: 'video/H264',
        parameters: { 'packetization-mode': 1, 'profile-level-id': '42e034', 'level-asymmetry-allowed': 1 },
      },
    ].map((codec, index) => ({
      kind: 'video' as const,
      clockRate: 90_000,
      preferredPayloadType: 101 + index,
      ...codec,
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'goog-remb' }],
    })),
  ],
  headerExtensions: [],
};
