/** The bystander's side of a process: links to phones, and the listener that they lead to. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/schema.ts';
import { createLogger, type Logger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { Database } from '../../platform/sql/database.ts';
import { ownOrigin } from '../../platform/tls/addresses.ts';
import type { CertificateKeeper } from '../../platform/tls/keeper.ts';
import { Photos } from '../../signaling/bystander/photos.ts';
import { PlaceDoor } from '../../signaling/bystander/place-door.ts';
import type { Site } from '../../signaling/bystander/site.ts';
import { createBystanderHttp } from '../../signaling/http/bystander-app.ts';
import { linkSecretFrom } from '../../signaling/http/cookies.ts';
import { type Listener, listen } from '../../signaling/http/listen.ts';
import { type LinkSide, openLinks } from '../../signaling/links/links.ts';
import { SmsLinkSending } from '../../signaling/links/sending.ts';
import type { People } from '../../signaling/people/people.ts';
import type { PublicConfig } from '../../signaling/protocol/http.ts';
import type { SmsSender } from '../../signaling/protocol/sms.ts';
import type { Recordings } from '../../signaling/recordings/recordings.ts';
import type { SqlLogStore } from '../../signaling/rooms/sql-log-store.ts';
import type { Rooms } from '../../signaling/rooms/types.ts';
import type { LiveDoor } from '../../signaling/sockets/doors.ts';
import type { Register } from './open.ts';
import { publicConfig } from './settings.ts';

export interface LinkParts {
  readonly config: Config;
  readonly database: Database;
  readonly masterKey: Uint8Array;
  readonly people: People;
  readonly rooms: Rooms;
  readonly store: SqlLogStore;
  readonly sms: SmsSender;
  readonly registry: Registry;
  /** Origin that links begin with. */
  readonly origin: () => string;
  readonly register: Register;
}

/** A photo of 20 MB takes this long at 550 kbit/s, which is what a bystander's link has to be good for. */
const REQUEST_MS = 300_000;

/** Opens links and what sends them; closed before the rooms. */
export async function openLinkSide(parts: LinkParts): Promise<LinkSide> {
  const { config, database, masterKey, people, rooms, store, sms, origin, registry, register } = parts;
  const { supportPhone } = config.bystander;
  const log = createLogger('signaling.links');
  const emergencyPhone = config.help.phoneNumber;
  const { signature } = config.sms;
  const sending = new SmsLinkSending({
    ...{ sms, rooms, log, emergencyPhone },
    ...(signature === undefined ? {} : { signature }),
  });
  register('sending of links', (reason) => sending.close(reason));
  const links = await openLinks({
    ...{ database, masterKey, people, rooms, store, sending, origin, emergencyPhone, registry, log },
    ...(supportPhone === undefined ? {} : { supportPhone }),
  });
  register('links', () => links.close());
  return links;
}

export interface DoorParts {
  readonly config: Config;
  readonly registry: Registry;
  readonly certificate: CertificateKeeper;
  readonly people: People;
  readonly rooms: Rooms;
  readonly links: LinkSide;
  readonly recordings: Recordings;
  readonly site: Site;
  /** Folder of the bystander's built page. */
  readonly pagesFolder: string;
  readonly register: Register;
}

export interface BystanderDoor {
  readonly listener: Listener;
  readonly live: LiveDoor;
}

/** Opens the bystander's listener; undefined where the configuration says that this process has none. */
export async function openBystanderDoor(parts: DoorParts): Promise<BystanderDoor | undefined> {
  const { config, registry, certificate, people, rooms, links, pagesFolder, register } = parts;
  const { enabled, host, port, publicOrigin } = config.bystander;
  if (!enabled) return undefined;
  const log = createLogger('signaling.bystander');
  const built = existsSync(join(pagesFolder, 'index.html'));
  // The room and the dispatcher's page go on without it; a door that answers 404 is better than no service.
  if (!built) log.error({ code: 'pages-missing' }, 'the page of links is not built; run "goldenhour setup"');
  const allowedOrigins = publicOrigin === undefined ? [] : [publicOrigin];
  const http = await createBystanderHttp({
    ...{ people, rooms, log, registry },
    links: links.door,
    photos: new Photos({ rooms, recordings: parts.recordings, audit: people.audit, log }),
    place: placeDoor(parts, log),
    clock: systemClock,
    config: () => pageConfig(config),
    ...(built ? { pagesFolder } : {}),
    origins: allowedOrigins,
    trustProxy: config.http.trustProxy,
    hsts: config.tls.certFile !== undefined,
  });
  const listener = await listen({
    callback: http.callback,
    port,
    ...(host === undefined ? {} : { host }),
    certificate: certificate.current,
    timeouts: { requestMs: REQUEST_MS },
  });
  register('bystander listener', () => listener.close());
  register('certificate renewal of the bystander listener', certificate.onRenewed(listener.renew));
  return {
    listener,
    live: {
      servers: [listener.server],
      allowedOrigins,
      admits: ({ linkId }) => linkId !== undefined,
      sessionSecret: (request) => linkSecretFrom(request.headers.cookie),
      addressOf: http.addressOf,
    },
  };
}

/** What stands behind the fixed codes of door plates and AEDs. */
function placeDoor({ people, rooms, links, site }: DoorParts, log: Logger): PlaceDoor {
  return new PlaceDoor({
    places: site.places,
    links: links.door,
    guests: people.linkGuests,
    directory: people.directory,
    audit: people.audit,
    clock: systemClock,
    ...{ rooms, log },
  });
}

/** A bystander installs no authority and sees no map: those addresses are of the door for staff. */
function pageConfig(config: Config): PublicConfig {
  const { caUrl: _, map: __, ...rest } = publicConfig(config);
  return rest;
}

/** Where links lead: the named origin, or this machine under the port in use. */
export function linkOrigin({ bystander, tls }: Config, port: number | undefined): string {
  return bystander.publicOrigin ?? ownOrigin(tls.hostnames, port ?? bystander.port);
}
