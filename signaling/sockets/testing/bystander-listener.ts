/** The bystander's door of a stage: the real application on a real listener, and phones that open links there. */
import assert from 'node:assert/strict';
import { systemClock } from '../../../platform/clock.ts';
import type { Logger } from '../../../platform/log.ts';
import type { Registry } from '../../../platform/metrics.ts';
import type { Database } from '../../../platform/sql/database.ts';
import { Photos } from '../../bystander/photos.ts';
import { PlaceDoor } from '../../bystander/place-door.ts';
import type { Site } from '../../bystander/site.ts';
import { createBystanderHttp } from '../../http/bystander-app.ts';
import { LINK_COOKIE, linkSecretFrom } from '../../http/cookies.ts';
import { DEFAULT_LIMITS, type HttpLimits } from '../../http/limits.ts';
import { type Listener, listen } from '../../http/listen.ts';
import { type Answer, type Sent, sendTo } from '../../http/testing/door.ts';
import type { LinkSide } from '../../links/links.ts';
import type { People } from '../../people/people.ts';
import { roleFor } from '../../people/visibility.ts';
import { RoomToken } from '../../protocol/http.ts';
import { LinkAsked, LinkPage, type OpeningState } from '../../protocol/links.ts';
import { openRecordings } from '../../recordings/recordings.ts';
import type { LocalRooms } from '../../rooms/rooms.ts';
import type { SqlLogStore } from '../../rooms/sql-log-store.ts';
import type { LiveDoor } from '../doors.ts';
import { TestClient } from './client.ts';

export interface BystanderListener {
  readonly listener: Listener;
  readonly live: LiveDoor;
  close(): Promise<void>;
}

export interface ListenerParts {
  readonly database: Database;
  readonly store: SqlLogStore;
  readonly masterKey: Uint8Array;
  readonly people: People;
  readonly rooms: LocalRooms;
  readonly links: LinkSide;
  readonly site: Site;
  readonly registry: Registry;
  readonly log: Logger;
}

/** A test sends more in a minute than one person does. */
const LIMITS: HttpLimits = {
  perAddress: { general: 1e6, secret: DEFAULT_LIMITS.perAddress.secret, device: 1e6, page: 1e6, media: 1e6 },
  perSession: 1e6,
  mediaPerSession: 1e6,
};

export async function openBystanderListener(parts: ListenerParts, port: number): Promise<BystanderListener> {
  const { database, store, masterKey, people, rooms, links, site, registry, log } = parts;
  const { audit, directory, linkGuests: guests } = people;
  const clock = systemClock;
  const common = { database, store, masterKey, audit, log, roleFor };
  const recordings = await openRecordings({ ...common, recorders: () => [], timer: false });
  const place = new PlaceDoor({
    ...{ places: site.places, rooms, links: links.door, guests, directory, audit, clock, log },
  });
  const http = await createBystanderHttp({
    ...{ people, rooms, links: links.door, log, clock, registry, place, limits: LIMITS },
    photos: new Photos({ rooms, recordings, audit, log }),
    config: () => ({ name: 'Stage', version: '1.0.0', helpPhone: '120' }),
  });
  const listener = await listen({ callback: http.callback, port, host: '127.0.0.1' });
  return {
    listener,
    live: {
      servers: [listener.server],
      allowedOrigins: [],
      admits: ({ linkId }) => linkId !== undefined,
      sessionSecret: (request) => linkSecretFrom(request.headers.cookie),
      addressOf: http.addressOf,
    },
    async close() {
      await listener.close();
      await recordings.close();
    },
  };
}

/** A browser on a phone: it keeps its cookie, and nothing else. */
export class TestPhone {
  readonly url: string;
  readonly #port: number;
  readonly #clients: TestClient[] = [];
  cookie: string | undefined;

  constructor(port: number) {
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  async send(sent: Sent): Promise<Answer> {
    const answer = await sendTo(this.#port, this.url, {
      ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
      ...sent,
    });
    const given = answer.cookies.find((pair) => pair.startsWith(`${LINK_COOKIE}=`));
    if (given !== undefined) this.cookie = given;
    return answer;
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    return this.send({ method: 'POST', path, body });
  }

  /** Opens a link as the page does after the tap. */
  async open(url: string, browser = 'A browser'): Promise<LinkPage> {
    const answer = await this.tap(url, browser);
    assert.equal(answer.status, 200, answer.text);
    return LinkPage.parse(answer.json);
  }

  /** The same, whatever the answer is. */
  tap(url: string, browser = 'A browser'): Promise<Answer> {
    return this.post('/api/link/open', { secret: new URL(url).hash.slice(1), browser, language: 'en' });
  }

  async ask(again = false): Promise<OpeningState> {
    const answer = await this.post('/api/link/ask', again ? { again } : {});
    assert.equal(answer.status, 200, answer.text);
    return LinkAsked.parse(answer.json).opening;
  }

  async token(): Promise<string> {
    const answer = await this.post('/api/link/token');
    assert.equal(answer.status, 200, answer.text);
    return RoomToken.parse(answer.json).token;
  }

  connect(): TestClient {
    const client = new TestClient(this.url, this.cookie);
    this.#clients.push(client);
    return client;
  }

  /** A connection that has joined the room of the link. */
  async enter(roomId: string, peerId?: string): Promise<TestClient> {
    const client = await this.connect().connected();
    if (peerId !== undefined) client.peerId = peerId;
    await client.join(roomId, await this.token(), { speaksHere: false });
    return client;
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}
