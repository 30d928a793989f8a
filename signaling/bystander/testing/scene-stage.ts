/** Both doors over one real room that a real recorder keeps, with guests of links in it. For tests only. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../platform/clock.ts';
import { createLogger } from '../../../platform/log.ts';
import { createMetricsRegistry } from '../../../platform/metrics.ts';
import { type Database, openDatabase } from '../../../platform/sql/database.ts';
import { SECRET, type Served, serveTestPackage } from '../../../recorder/serve/testing/served.ts';
import { createHttp } from '../../http/app.ts';
import { createBystanderHttp } from '../../http/bystander-app.ts';
import { LINK_COOKIE } from '../../http/cookies.ts';
import { type Listener, listen } from '../../http/listen.ts';
import { type Answer, CHEAP, type Sent, sendTo } from '../../http/testing/door.ts';
import { type LinkSide, openLinks } from '../../links/links.ts';
import type { DemoPeople } from '../../people/first-people.ts';
import { openPeople, type People } from '../../people/people.ts';
import { roleFor } from '../../people/visibility.ts';
import { openRecordings, type Recordings } from '../../recordings/recordings.ts';
import { roomStory, writeRoom } from '../../recordings/testing/rooms.ts';
import { LocalRooms } from '../../rooms/rooms.ts';
import { SqlLogStore } from '../../rooms/sql-log-store.ts';
import { type Actor, type RoomAddress, SYSTEM } from '../../rooms/types.ts';
import { Photos } from '../photos.ts';
import { PlaceDoor } from '../place-door.ts';
import { openSite, type Site } from '../site.ts';

/** The room that the recorder keeps. */
export const ROOM = 'room-1';

export interface Guest {
  readonly principalId: string;
  readonly peerId: string;
  readonly cookie: string;
  readonly actor: Actor;
}

export interface SceneStage {
  readonly database: Database;
  readonly people: People;
  readonly demo: DemoPeople;
  readonly rooms: LocalRooms;
  readonly room: RoomAddress;
  readonly links: LinkSide;
  readonly site: Site;
  readonly recordings: Recordings;
  readonly served: Served;
  /** Of the site and of the door of places. */
  readonly clock: ManualClock;
  readonly staff: Listener;
  readonly phones: Listener;
  /** Lets the recorder be reached, or not. */
  setRecorder(there: boolean): void;
  /** Somebody opens a new link to the room and, unless told not to, joins it. */
  guest(options?: { use?: 'camera' | 'chest' | 'volunteer'; joins?: boolean }): Promise<Guest>;
  signIn(username: string): Promise<string>;
  toStaff(sent: Sent): Promise<Answer>;
  toPhones(sent: Sent): Promise<Answer>;
  close(): Promise<void>;
}

const log = createLogger('test', {}, { level: 'silent' });
const WIDE = {
  perAddress: { general: 1e6, secret: 1e6, device: 1e6, page: 1e6, media: 1e6 },
  perSession: 1e6,
  mediaPerSession: 1e6,
};

interface Ground {
  readonly folder: string;
  readonly served: Served;
  readonly database: Database;
  readonly masterKey: Uint8Array;
  readonly people: People;
  readonly demo: DemoPeople;
  readonly clock: ManualClock;
  readonly rooms: LocalRooms;
  readonly store: SqlLogStore;
}

/** A room of the store and of the recorder. It was written by an owner of long ago, whose lease is over. */
async function openGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-scene-'));
  const served = await serveTestPackage();
  await served.goOn();
  const database = await openDatabase('sqlite::memory:');
  const masterKey = new Uint8Array(32).fill(7);
  const people = await openPeople({
    ...{ database, masterKey, log, passwords: CHEAP, pollMs: 0 },
    publicOrigin: () => 'https://staff.example',
  });
  const demo = await people.createDemoPeople();
  const clock = new ManualClock();
  const written = await SqlLogStore.open(database, clock);
  const entries = roomStory(ROOM, { title: 'Collapse', organisations: [demo.organisations.centre] });
  await writeRoom(written, masterKey, { roomId: ROOM, utc: clock.now(), entries });
  const store = await SqlLogStore.open(database);
  const rooms = await LocalRooms.open({ store, masterKey, spillFolder: join(folder, 'spill'), log });
  return { folder, served, database, masterKey, people, demo, clock, rooms, store };
}

interface Parts {
  readonly recordings: Recordings;
  readonly site: Site;
  readonly links: LinkSide;
}

async function openParts(ground: Ground, isThere: () => boolean): Promise<Parts> {
  const { database, masterKey, people, clock, rooms, store, served } = ground;
  const recordings = await openRecordings({
    ...{ database, masterKey, store, log, roleFor, timer: false },
    audit: people.audit,
    recorders: () => (isThere() ? [{ nodeId: 'n1', url: served.url, secret: SECRET }] : []),
  });
  const told = { roomId: ROOM, state: 'recording' as const, tracks: 3, gaps: 0, durationMs: 1, bytes: 1 };
  await recordings.catalog.package('n1', told);
  const site = await openSite({ database, masterKey, isProduction: false, clock });
  const links = await openLinks({
    ...{ database, masterKey, people, rooms, store, log, timer: false },
    registry: createMetricsRegistry({ role: 'test', processMetrics: false }),
    sending: { send: () => undefined },
    origin: () => 'https://help.example',
    emergencyPhone: '120',
  });
  return { recordings, site, links };
}

/** The door of staff and the door of phones. */
async function openDoors({ people, rooms, clock }: Ground, { recordings, site, links }: Parts) {
  const registry = () => createMetricsRegistry({ role: 'test', processMetrics: false });
  const config = () => ({ name: 'Test', version: '1.2.3', helpPhone: '120' });
  const common = { people, rooms, log, clock, config, limits: WIDE };
  const staffApp = await createHttp({
    ...{ ...common, recordings, site, registry: registry() },
    tcpr: () => ({ recognisedSeconds: 90, compressingSeconds: 150 }),
    authority: () => undefined,
    readiness: {},
  });
  const { audit, directory, linkGuests: guests } = people;
  const { places } = site;
  const phonesApp = await createBystanderHttp({
    ...{ ...common, links: links.door, registry: registry() },
    photos: new Photos({ rooms, recordings, audit, log }),
    place: new PlaceDoor({ places, links: links.door, rooms, guests, directory, audit, clock, log }),
  });
  const where = { port: 0, host: '127.0.0.1' };
  return {
    staff: await listen({ callback: staffApp.callback, ...where }),
    phones: await listen({ callback: phonesApp.callback, ...where }),
  };
}

export async function openSceneStage(): Promise<SceneStage> {
  const ground = await openGround();
  const { database, people, demo, rooms, served, clock } = ground;
  let there = true;
  const parts = await openParts(ground, () => there);
  const { staff, phones } = await openDoors(ground, parts);
  const { links, recordings, site } = parts;
  const send = (port: number, sent: Sent) => sendTo(port, `http://127.0.0.1:${port}`, sent);
  let count = 0;
  return {
    ...{ database, people, demo, rooms, links, site, recordings, served, clock, staff, phones },
    room: rooms.at(ROOM),
    setRecorder: (now) => {
      there = now;
    },
    toStaff: (sent) => send(staff.port, sent),
    toPhones: (sent) => send(phones.port, sent),
    async signIn(username) {
      const password = demo.people.find((person) => person.username === username)?.password;
      const body = { username, password };
      return (await send(staff.port, { method: 'POST', path: '/api/session', body })).cookies.join('; ');
    },
    guest(options = {}) {
      count += 1;
      return openGuest(ground, links, count, options);
    },
    async close() {
      await Promise.all([staff.close(), phones.close()]);
      await links.close();
      await recordings.close();
      await rooms.close('the test is over');
      await people.close();
      await database.close();
      await served.close();
      await rm(ground.folder, { recursive: true, force: true });
    },
  };
}

async function openGuest(
  { rooms, demo }: Ground,
  links: LinkSide,
  n: number,
  { use = 'camera', joins = true }: { use?: 'camera' | 'chest' | 'volunteer'; joins?: boolean },
): Promise<Guest> {
  const organisationId = demo.organisations.centre;
  const asked = { roomId: ROOM, actor: SYSTEM, organisationId, commandId: `link-${n}` };
  const link = { use, need: 'arrest', helpers: 'unknown', language: 'en' } as const;
  const { url } = await links.links.create(asked, link);
  const opened = await links.door.open({ secret: new URL(url).hash.slice(1) }, 'test', undefined);
  const principalId = opened.page.openingId;
  const role = use === 'volunteer' ? ('volunteer' as const) : ('bystander' as const);
  const peerId = `phone-${n}`;
  const actor = { principalId, peerId, role, organisationId, name: 'Bystander' };
  if (joins) await rooms.at(ROOM).execute('peer.join', { ...actor, speaksHere: false }, actor);
  return { principalId, peerId, actor, cookie: `${LINK_COOKIE}=${opened.secret}` };
}
