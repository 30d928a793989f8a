/** The options of media nodes, of ICE and of codecs. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { option, port, seconds, section } from './option.ts';

export const ipAddress = z.string().refine((text) => isIP(text) !== 0, { error: 'is not an IP address' });
const iceUrl = z
  .string()
  .regex(/^(?:stun|stuns|turn|turns):\S+$/, { error: 'is not a stun: or turn: address' });

export const sfu = section(
  {
    nodeId: option(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
        .default('n1'),
      {
        meaning:
          'Name of this media node, unique in the installation: lower-case letters, digits and hyphens.',
      },
    ),
    workers: option(z.int().min(1).max(256).optional(), {
      meaning: 'Number of mediasoup workers.',
      defaultText: 'one per processor core',
    }),
    listenAddresses: option(z.array(ipAddress).default([]), {
      meaning: 'Addresses media is received on.',
      defaultText:
        'every address of the machine except loopback and link-local; loopback when there is no other',
    }),
    announcedAddresses: option(z.array(z.string().min(1)).default([]), {
      meaning:
        'Addresses or names that clients are told instead, in the order of `sfu.listenAddresses`, for machines behind address translation.',
    }),
    rtcBasePort: option(z.union([z.literal(0), z.int().min(1_024).max(65_000)]).default(44_400), {
      meaning:
        'UDP and TCP port of the first worker; each further worker takes the next one. 0: any free ones.',
    }),
    batchedSending: option(z.boolean().default(true), {
      meaning:
        'Workers hand their packets to the kernel in batches, which spares about a third of their time under load (docs/benchmarks/core-variants.md). Needs a C compiler once, at the first start; without one, and with `false`, packets go one by one.',
    }),
    control: section(
      {
        host: option(z.string().min(1).default('127.0.0.1'), {
          meaning: 'Address of the control listener (`role` `sfu`).',
        }),
        port: option(port.default(8444), {
          meaning: 'Port of the control listener (`role` `sfu`). 0: any free one.',
        }),
        certFile: option(z.string().min(1).optional(), {
          meaning: 'Certificate chain (PEM) of the control listener; needed where it leaves this machine.',
        }),
        keyFile: option(z.string().min(1).optional(), {
          meaning: 'Private key (PEM) of `sfu.control.certFile`.',
        }),
      },
      'Where signaling reaches this node.',
    ).prefault({}),
    pipeAddress: option(ipAddress.default('127.0.0.1'), {
      meaning: 'Address on which media from other nodes arrives; loopback suffices for a single node.',
    }),
    region: option(z.string().min(1).default('default'), {
      meaning: 'Place of this node; peers are placed on nodes of their own region first.',
    }),
  },
  'The media node.',
);

export const ice = section(
  {
    iceServers: option(
      z
        .array(
          z.strictObject({
            urls: z.array(iceUrl).min(1),
            username: z.string().optional(),
            credential: z.string().optional(),
          }),
        )
        .default([]),
      { meaning: 'STUN and TURN servers with fixed credentials (W3C RTCIceServer).', secret: true },
    ),
    turn: section(
      {
        urls: option(z.array(iceUrl).default([]), {
          meaning: 'Addresses of coturn, such as `turns:turn.hospital.example:443?transport=tcp`.',
        }),
        secret: option(z.string().min(16).optional(), {
          meaning: "coturn's `static-auth-secret`; clients get credentials that expire.",
          secret: true,
        }),
        ttlSeconds: option(seconds(60, 604_800).default(86_400), {
          meaning: 'How long such credentials are valid.',
          unit: 'seconds',
        }),
      },
      'TURN with a shared secret.',
    ).prefault({}),
    relayOnly: option(z.boolean().default(false), {
      meaning: 'Clients use TURN only, never a direct path.',
    }),
  },
  'How clients find a path for media.',
);

export const media = section(
  {
    av1: option(z.boolean().default(false), { meaning: 'Offer AV1 to publishers that can encode it.' }),
    peersPerWorker: option(z.int().min(1).max(10_000).default(100), {
      meaning: 'Peers of one room on one worker before further ones are placed on another one, by a pipe.',
    }),
    initialOutgoingBitrate: option(z.int().min(100_000).max(100_000_000).default(3_000_000), {
      meaning: 'What a viewer is sent before its link has been measured.',
      unit: 'bit/s',
    }),
  },
  'Codecs and bitrates.',
);
