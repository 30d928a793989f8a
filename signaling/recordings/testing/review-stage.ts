/** A door with the recordings of one real package, served by a real recorder over real HTTP. For tests only. */
import { request as httpRequest } from 'node:http';
import { SECRET, type Served, serveTestPackage } from '../../../recorder/serve/testing/served.ts';
import { type Answer, openTestDoor, type Sent, type TestDoor } from '../../http/testing/door.ts';
import { roomStory, writeRoom } from './rooms.ts';

/** Tests ask for a job again and again until it is done. */
const WIDE = {
  perAddress: { general: 1e6, secret: 1e6, device: 1e6, page: 1e6, media: 1e6 },
  perSession: 1e6,
  mediaPerSession: 1e6,
};

export interface ReviewStage {
  readonly door: TestDoor;
  readonly served: Served;
  /** Whoever published `cam` in room-1. */
  readonly crew: string;
  /** Opens a visit of room-1 and returns its id. */
  visit(cookie: string, purpose?: string): Promise<string>;
  get(cookie: string, path: string, headers?: Record<string, string>): Promise<Answer>;
  send(cookie: string, method: string, path: string, body?: unknown): Promise<Answer>;
  actions(): Promise<string[]>;
  close(): Promise<void>;
}

/** @param state of the package and of the room: it goes on, or it is closed and sealed */
export async function openReviewStage(state: 'recording' | 'sealed' = 'sealed'): Promise<ReviewStage> {
  const served = await serveTestPackage();
  const door = await openTestDoor({ limits: WIDE }, undefined, () => [
    { nodeId: 'n1', url: served.url, secret: SECRET },
  ]);
  const paramedic = door.demo.people.find(({ username }) => username === 'paramedic');
  if (!paramedic) throw new Error('the demo has a paramedic');
  const { principalId, name } = paramedic;
  const { receiving, centre, operator } = door.demo.organisations;
  const entries = roomStory('room-1', {
    title: 'Chest pain',
    organisations: [centre, receiving],
    unitId: door.demo.units[0]?.unitId ?? '',
    patient: '王小明',
    people: [{ principalId, name, organisationId: operator }],
    closed: state === 'sealed',
  });
  await writeRoom(door.store, door.masterKey, { roomId: 'room-1', utc: door.clock.now() - 60_000, entries });
  if (state === 'sealed') await served.seal();
  else await served.goOn();
  await door.recordings.catalog.package('n1', {
    roomId: 'room-1',
    state,
    tracks: 3,
    gaps: 1,
    durationMs: 8000,
    bytes: 1000,
    verified: true,
  });
  const send = (cookie: string, method: string, path: string, body: unknown = {}) =>
    door.send({ method, path, cookie, body } satisfies Sent);
  return {
    door,
    served,
    crew: await door.signIn('paramedic'),
    send,
    get: (cookie, path, headers = {}) => door.send({ path, cookie, headers }),
    async visit(cookie, purpose = 'quality') {
      const answer = await send(cookie, 'POST', '/api/recordings/room-1/visits', {
        purpose,
        reason: 'a review',
      });
      const { json } = answer;
      if (typeof json !== 'object' || json === null || !('visitId' in json)) throw new Error(answer.text);
      return String(json.visitId);
    },
    actions: async () =>
      [...(await door.people.audit.list({ limit: 200 }))]
        .reverse()
        .filter(({ action }) => action.startsWith('recording.'))
        .map(({ action, allowed }) => (allowed ? action : `${action} refused`)),
    async close() {
      await door.close();
      await served.close();
    },
  };
}

/** Sends bytes with PATCH; answers status and text. A refusal may come, and the connection end, before all are sent. */
export function upload(
  { door }: ReviewStage,
  path: string,
  cookie: string,
  bytes: Uint8Array,
): Promise<[number, string]> {
  const headers = { cookie, origin: door.origin, 'content-length': String(bytes.length) };
  return new Promise((resolve, reject) => {
    const { port } = door.listener;
    const options = { port, host: '127.0.0.1', method: 'PATCH', path, headers, agent: false };
    const request = httpRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('close', () => resolve([response.statusCode ?? 0, text]));
    });
    request.on('error', reject);
    request.end(bytes);
  });
}
