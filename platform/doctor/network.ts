/** Checks of ports, addresses and the certificate. */

import { X509Certificate } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { isAppError, messageOf } from '../errors.ts';
import { machineAddresses } from '../tls/addresses.ts';
import { serverCertificate } from '../tls/certificate.ts';
import { type Check, type DoctorContext, type Finding, fail, ok, warn } from './check.ts';

interface Door {
  readonly use: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly host?: string | undefined;
}

function doorsOf({ config }: DoctorContext): Door[] {
  const { role, http, sfu, bystander } = config;
  const workers = sfu.workers ?? availableParallelism();
  const media =
    sfu.rtcBasePort === 0 ? [] : Array.from({ length: workers }, (_, index) => sfu.rtcBasePort + index);
  return [
    ...(role === 'sfu' ? [] : [{ use: 'staff', protocol: 'tcp', port: http.port, host: http.host } as const]),
    ...(role === 'sfu' || role === 'recorder' || !bystander.enabled
      ? []
      : [{ use: 'bystanders', protocol: 'tcp', port: bystander.port, host: bystander.host } as const]),
    ...(role === 'sfu'
      ? [{ use: 'control', protocol: 'tcp', port: sfu.control.port, host: sfu.control.host } as const]
      : []),
    ...(role === 'signaling'
      ? []
      : media.flatMap((port) => [
          { use: 'media', protocol: 'udp', port } as const,
          { use: 'media', protocol: 'tcp', port } as const,
        ])),
  ];
}

export function portsCheck(context: DoctorContext): Check {
  return {
    title: 'ports',
    run: async () => {
      const doors = doorsOf(context);
      const taken: string[] = [];
      for (const door of doors) {
        const wrong = await tryDoor(door);
        if (wrong !== undefined) taken.push(`${door.protocol} ${door.port} (${door.use}): ${wrong}`);
      }
      const ports = `${doors.length} ports: ${[...new Set(doors.map(({ port }) => port))].join(', ')}`;
      if (taken.length === 0) return ok(`${ports}, all free`);
      if (await isRunning(context.config.http.port)) return ok(`${ports}; a running GoldenHour uses them`);
      return fail(
        taken.join('; '),
        'End what uses them ("ss -lntup" names it) or choose others (http.port, sfu.rtcBasePort).',
      );
    },
  };
}

/** Binds and releases; returns what is wrong. */
async function tryDoor({ protocol, port, host }: Door): Promise<string | undefined> {
  try {
    if (protocol === 'tcp') {
      const server = createServer();
      server.listen({ port, ...(host === undefined ? {} : { host }) });
      await once(server, 'listening');
      server.close();
      await once(server, 'close');
    } else {
      const socket = createSocket('udp4');
      socket.bind(port);
      await once(socket, 'listening');
      socket.close();
      await once(socket, 'close');
    }
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
  }
}

/** Whether a GoldenHour answers on the port. Only "is it ours" is asked, so any certificate will do. */
function isRunning(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(
      { host: 'localhost', port, path: '/healthz', rejectUnauthorized: false, timeout: 3_000 },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    asked
      .on('timeout', () => asked.destroy())
      .on('error', () => resolve(false))
      .end();
  });
}

export const addressesCheck: Check = {
  title: 'addresses',
  run: async () => {
    const outer = machineAddresses().filter((address) => address !== '127.0.0.1' && address !== '::1');
    if (outer.length > 0) return ok(outer.join(', '));
    return warn('loopback only', 'Connect the machine to a network; nobody else can reach it now.');
  },
};

/** Only looks: issuing is for the service, whose account the files must belong to. */
export function certificateCheck({ config }: DoctorContext): Check {
  return {
    title: 'certificate',
    run: async (): Promise<Finding> => {
      if (config.role === 'sfu') return ok('not needed for this role');
      const given = config.tls.certFile !== undefined;
      const file = config.tls.certFile ?? join(config.dataDir, 'tls', 'server.crt');
      if (!given && !existsSync(file)) return ok('made by the local authority at the first start');
      try {
        if (given) await serverCertificate({ dataDir: config.dataDir, ...config.tls }, systemClock);
        const expiresAt = new X509Certificate(await readFile(file)).validToDate.getTime();
        const days = Math.floor((expiresAt - Date.now()) / 86_400_000);
        const found = `${given ? 'given' : 'from the local authority'}, valid for ${days} more days`;
        return given && days < 14 ? warn(found, 'Renew the certificate.') : ok(found);
      } catch (error) {
        const whatToDo = isAppError(error) ? error.whatToDo : undefined;
        return fail(messageOf(error), whatToDo ?? 'Check that this account may read the data folder.');
      }
    },
  };
}
