/** All options of GoldenHour: the one schema from which the parser, the reference and the messages come. */
import { z } from 'zod';
import { logLevels } from '../log.ts';
import { bystander } from './bystander-options.ts';
import { map } from './map-options.ts';
import { ice, ipAddress, media, sfu } from './media-options.ts';
import { option, port, seconds, section } from './option.ts';
import { recording } from './recording-options.ts';
import { outgoing, sms } from './sms-options.ts';
import { tcpr } from './tcpr-options.ts';

const origin = z.url({ protocol: /^https?$/ }).refine((text) => new URL(text).origin === text, {
  error: 'is not an origin such as https://hospital.example',
});

const http = section(
  {
    host: option(z.string().min(1).optional(), {
      meaning: 'Address the staff listener binds to.',
      defaultText: 'every address of the machine',
    }),
    port: option(port.default(8443), {
      meaning: 'Port of the staff listener (HTTPS, websocket). 0: any free one.',
    }),
    plainPort: option(z.int().min(0).max(65_535).default(8480), {
      meaning:
        'Port of plain HTTP, which sends everyone to HTTPS and helps phones to trust a local certificate. Open only while a local certificate is in use.',
    }),
    publicOrigin: option(origin.optional(), {
      meaning: 'Address that links of invitations begin with, such as `https://call.hospital.example`.',
      defaultText: 'https:// with the first of `tls.hostnames`, else this machine’s address, and `http.port`',
    }),
    staffOrigins: option(z.array(origin).default([]), {
      meaning:
        'Origins that browsers of staff may come from, beside the addresses this service itself answers under.',
    }),
    trustProxy: option(z.array(z.string().min(1)).default([]), {
      meaning:
        'Addresses of reverse proxies whose X-Forwarded-For is believed. Nobody else can choose the address that limits and the audit see.',
    }),
  },
  'The door for staff.',
);

const tls = section(
  {
    certFile: option(z.string().min(1).optional(), {
      meaning: 'Certificate chain (PEM). Without it a local authority in the data folder issues one.',
    }),
    keyFile: option(z.string().min(1).optional(), { meaning: 'Private key (PEM) of `tls.certFile`.' }),
    hostnames: option(z.array(z.string().min(1)).default([]), {
      meaning:
        'Names and addresses the local certificate is also valid for, beside `localhost`, the host name and all addresses of the machine.',
    }),
  },
  'The certificate. Cameras work only on pages that came over trusted HTTPS.',
);

const database = section(
  {
    url: option(
      z
        .string()
        .regex(/^(?:sqlite:.+|postgres(?:ql)?:\/\/\S+)$/, {
          error: 'is neither sqlite:FILE nor postgres://USER:PASSWORD@HOST/NAME',
        })
        .default('sqlite:goldenhour.sqlite'),
      {
        meaning:
          'Where facts and accounts are kept: `sqlite:FILE` (relative to the data folder) or `postgres://USER:PASSWORD@HOST/NAME`.',
        secret: true,
      },
    ),
  },
  'The store of what must last.',
);

const cluster = section(
  {
    secret: option(z.string().min(32).optional(), {
      meaning:
        'Shared by all processes of a split installation to know one another. Not used with `role` `all`.',
      secret: true,
    }),
    nodes: option(
      z.array(z.strictObject({ id: z.string().min(1), url: z.url({ protocol: /^wss?$/ }) })).default([]),
      {
        meaning:
          'The media nodes that `role` `signaling` connects to, by their `sfu.nodeId` and control address.',
      },
    ),
    recorders: option(
      z.array(z.strictObject({ id: z.string().min(1), url: z.url({ protocol: /^wss?$/ }) })).default([]),
      {
        meaning:
          'The recorders that `role` `signaling` connects to, by the `sfu.nodeId` of the media node on whose host each runs, and its address.',
      },
    ),
    caFile: option(z.string().min(1).optional(), {
      meaning:
        'Certificate (PEM) of the authority behind the control listeners, where it is not a public one.',
    }),
  },
  'Processes that run apart.',
);

const auth = section(
  {
    sessionIdleMinutes: option(z.int().min(5).max(43_200).default(720), {
      meaning: 'A session without any use ends after this time, though never inside a room.',
      unit: 'minutes',
    }),
    tokenSeconds: option(seconds(30, 3_600).default(300), {
      meaning: 'How long a room token is valid; it is renewed while its holder is connected.',
      unit: 'seconds',
    }),
    loginAttempts: option(z.int().min(3).max(100).default(5), {
      meaning: 'Wrong passwords in a row after which an account, and an address, has to wait.',
    }),
    loginWindowMinutes: option(z.int().min(1).max(1_440).default(15), {
      meaning: 'The time within which wrong passwords are counted, and the longest wait.',
      unit: 'minutes',
    }),
  },
  'Sign-in.',
);

const rooms = section(
  {
    leaseSeconds: option(seconds(2, 300).default(2), {
      meaning:
        'How long a signaling process owns a room without renewing; the longest wait until another takes over.',
      unit: 'seconds',
    }),
    rejoinSeconds: option(seconds(5, 3_600).default(60), {
      meaning:
        'How long the place of a member of the public whose connection broke is kept; people at work keep theirs for ten minutes.',
      unit: 'seconds',
    }),
  },
  'Rooms.',
);

const help = section(
  {
    phoneNumber: option(z.string().min(1).max(32).default('120'), {
      meaning: 'The telephone number shown when nobody answers a call for help.',
    }),
  },
  'The call for help.',
);

const limits = section(
  {
    scale: option(z.number().min(0.1).max(1_000).default(1), {
      meaning:
        'Multiplies how many requests a connection, a person and an address may send on the live connection before they are slowed, and at twice that refused.',
    }),
    connectionsPerPerson: option(z.int().min(1).max(10_000).default(100), {
      meaning: 'Live connections that one person may hold at once.',
    }),
  },
  'Protection against floods.',
);

const metrics = section(
  {
    addresses: option(z.array(ipAddress).default([]), {
      meaning: 'Addresses beside this machine that may read `/metrics`.',
    }),
    token: option(z.string().min(16).optional(), {
      meaning: 'Bearer token with which `/metrics` may be read from anywhere.',
      secret: true,
    }),
  },
  'Who may read the figures.',
);

export const configSchema = z.strictObject({
  role: option(z.enum(['all', 'signaling', 'sfu', 'recorder']).default('all'), {
    meaning: 'What this process is: everything, signaling only, a media node only, or a recorder only.',
  }),
  dataDir: option(z.string().min(1).default('data'), {
    meaning:
      'Folder of the database, keys and certificate, relative to the configuration file, or to the current folder without one.',
  }),
  logLevel: option(z.enum(logLevels).default('info'), {
    meaning: 'The least important lines that are logged.',
  }),
  http: http.prefault({}),
  bystander: bystander.prefault({}),
  tls: tls.prefault({}),
  database: database.prefault({}),
  cluster: cluster.prefault({}),
  sfu: sfu.prefault({}),
  ice: ice.prefault({}),
  media: media.prefault({}),
  recording: recording.prefault({}),
  auth: auth.prefault({}),
  rooms: rooms.prefault({}),
  help: help.prefault({}),
  tcpr: tcpr.prefault({}),
  map: map.prefault({}),
  limits: limits.prefault({}),
  metrics: metrics.prefault({}),
  sms: sms.prefault({}),
  outgoing: outgoing.prefault({}),
});

export type Config = z.output<typeof configSchema>;
