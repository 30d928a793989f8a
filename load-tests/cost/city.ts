/** People and rooms on a database of their own, made before a signaling process starts on it: rooms that already hold many facts. */
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, newSecret } from '../../platform/ids.ts';
import { createLogger } from '../../platform/log.ts';
import { makeDataFolder } from '../../platform/setup/data-folder.ts';
import { type Database, openDatabase } from '../../platform/sql/database.ts';
import { SESSION_COOKIE } from '../../signaling/http/cookies.ts';
import { readMasterKey } from '../../signaling/people/keyring.ts';
import { openPeople, type People } from '../../signaling/people/people.ts';
import type { NewMark } from '../../signaling/protocol/marks.ts';
import type { Role } from '../../signaling/protocol/roles.ts';
import { LocalRooms } from '../../signaling/rooms/rooms.ts';
import { SqlLogStore } from '../../signaling/rooms/sql-log-store.ts';
import { type RoomAddress, SYSTEM } from '../../signaling/rooms/types.ts';

const log = createLogger('cost', {}, { level: 'silent' });
/** Longer than any measurement, so that nobody has to renew. */
const TOKEN_MS = 3_600_000;
const STROKE_POINTS = 40;
/** About as many bytes as the features of a reference take. */
const REFERENCE = 'A'.repeat(2000);
/** Of four facts one is a mark; all marks are taken away before a room holds too many. */
const MARK_EVERY = 4;
const CLEAR_EVERY = 300;

export interface Person {
  readonly cookie: string;
  token(roomId: string): Promise<string>;
}

export interface CostCity {
  readonly dataDir: string;
  readonly people: Readonly<Record<'dispatcher' | 'first' | 'second' | 'third', Person>>;
  /** Makes a room of all people with one camera and this many further facts. */
  room(facts: number): Promise<string>;
  /** The camera of each of its rooms. */
  readonly cameraId: string;
  /** Takes a room over as another process does after a crash; answers processor time in milliseconds. */
  replay(roomId: string): Promise<number>;
  /** Size of the database, with nothing waiting to be written into it. */
  bytes(): Promise<number>;
  /** Lets go of all rooms. Signaling may start after it. */
  hand(): Promise<void>;
  close(): Promise<void>;
}

interface Parts {
  readonly dataDir: string;
  readonly database: Database;
  readonly people: People;
  readonly masterKey: Uint8Array;
}

export async function openCostCity(): Promise<CostCity> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-cost-'));
  const dataDir = join(folder, 'data');
  await makeDataFolder(dataDir);
  const masterKey = await readMasterKey(dataDir);
  const database = await openDatabase(`sqlite:${join(dataDir, 'goldenhour.sqlite')}`);
  const people = await openPeople({
    ...{ database, masterKey, log, tokenMs: TOKEN_MS },
    publicOrigin: () => 'https://localhost',
    pollMs: 0,
    passwords: { algorithm: 'scrypt', cost: { log2N: 10 } },
  });
  const parts: Parts = { dataDir, database, people, masterKey };
  const { organisationId } = await people.organisations.add({ name: 'Centre', kind: 'centre' });
  const person = (role: Role) => makePerson(people, role, organisationId);
  const open = (name: string) => openRooms(parts, name);
  const cameraId = newId();
  let rooms = await open('first');
  return {
    ...{ dataDir, cameraId },
    people: {
      dispatcher: await person('dispatcher'),
      // Whoever leads may draw without being admitted.
      first: await person('coordinator'),
      second: await person('coordinator'),
      third: await person('coordinator'),
    },
    room: (facts) => makeRoom(rooms, organisationId, cameraId, facts),
    replay: async (roomId) => {
      await rooms.close('to be taken over');
      rooms = await open(newId());
      const begin = process.cpuUsage();
      await rooms.at(roomId).state();
      const { user, system } = process.cpuUsage(begin);
      return (user + system) / 1000;
    },
    bytes: async () => {
      const copy = join(folder, 'copy.sqlite');
      await rm(copy, { force: true });
      await copyFile(join(dataDir, 'goldenhour.sqlite'), copy);
      const wal = await stat(join(dataDir, 'goldenhour.sqlite-wal')).catch(() => ({ size: 0 }));
      return (await stat(copy)).size + wal.size;
    },
    hand: () => rooms.close('handed over'),
    close: async () => {
      await rooms.close('measured');
      await people.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Configuration of a signaling process on this city, with limits out of the way and a media node that is not there: nobody sends media. */
export async function writeCityConfig({ dataDir }: CostCity, port: number): Promise<string> {
  const file = join(dataDir, '..', 'signaling.json');
  const config = {
    ...{ role: 'signaling', dataDir, logLevel: 'info' },
    cluster: { secret: newSecret(256), nodes: [{ id: 'n1', url: 'ws://127.0.0.1:1' }] },
    http: { host: '127.0.0.1', port, plainPort: 0 },
    bystander: { host: '127.0.0.1', port: 0 },
    limits: { scale: 1000, connectionsPerPerson: 1000 },
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

async function openRooms({ database, dataDir, masterKey }: Parts, name: string): Promise<LocalRooms> {
  const store = await SqlLogStore.open(database);
  return LocalRooms.open({ store, masterKey, spillFolder: join(dataDir, '..', `spill-${name}`), log });
}

async function makePerson(people: People, role: Role, organisationId: string): Promise<Person> {
  const { principalId } = await people.persons.add({
    ...{ username: `u${newId()}`, name: `The ${role}`, organisationId, roles: [role] },
    ...{ password: 'a long enough password', mustChangePassword: false },
  });
  const principal = await people.directory.principal(principalId);
  if (!principal) throw new Error('the person was not kept');
  const { session, secret } = await people.sessions.begin(principal);
  const claims = { sub: principalId, role, org: organisationId, name: principal.name, sid: session.sid };
  return {
    cookie: `${SESSION_COOKIE}=${secret}`,
    token: async (room) => (await people.tokens.sign({ ...claims, room, sources: [] })).token,
  };
}

async function makeRoom(
  rooms: LocalRooms,
  organisationId: string,
  cameraId: string,
  facts: number,
): Promise<string> {
  const opening = {
    incidentId: newId(),
    title: 'Chest pain',
    drill: false,
    organisations: [organisationId],
  };
  const room = await rooms.create(opening, SYSTEM);
  const [peerId, name] = [newId(), 'Camera'];
  const crew = { peerId, principalId: newId(), role: 'crew', organisationId, name } as const;
  await room.execute('peer.join', { ...crew, speaksHere: false }, crew);
  const source = { role: 'patient', label: name, patientId: 'scene' } as const;
  const published = { producerId: cameraId, peerId, kind: 'video', mimeType: 'video/VP8', source } as const;
  await room.execute('source.publish', published, SYSTEM);
  await addFacts(room, { ...crew, cameraId }, facts);
  return room.roomId;
}

async function addFacts(
  room: RoomAddress,
  crew: { peerId: string; principalId: string; role: 'crew'; organisationId: string; cameraId: string },
  facts: number,
): Promise<void> {
  const { cameraId, ...actor } = crew;
  for (let n = 1; n <= facts; n += 1) {
    if (n % CLEAR_EVERY === 0) await room.execute('mark.clear', { author: crew.peerId }, actor);
    else if (n % MARK_EVERY === 0)
      await room.execute('mark.added', { mark: { ...strokeOn(cameraId), author: crew.peerId } }, SYSTEM);
    else await room.execute('chat.send', { text: `Message ${n}`, patientId: 'scene', to: 'room' }, actor);
  }
}

/** A stroke as a pen draws it in a second, anchored to what is seen. */
export function strokeOn(producerId: string): NewMark {
  return {
    ...{ markId: newId(), patientId: 'scene', aspect: 1.5, surface: { kind: 'video', producerId } },
    anchor: {
      ...{ kind: 'scene', frame: { mediaMs: 1 }, reference: REFERENCE },
      region: { x: 0.1, y: 0.1, width: 0.5, height: 0.5 },
    },
    shape: {
      kind: 'stroke',
      points: Array.from({ length: STROKE_POINTS }, (_, n) => [n / STROKE_POINTS, 0.5, 0.5, n * 25] as const),
    },
  };
}
