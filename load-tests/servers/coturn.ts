/**
 * A real coturn for tests: TURN over UDP and TCP on one address of this machine, with the shared secret of the TURN REST
 * convention (draft-uberti-behave-turn-rest-00) that signaling hands out credentials by.
 */
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../network/ports.ts';
import { ownAddress } from './own-address.ts';

export interface CoturnServer {
  readonly host: string;
  readonly port: number;
  /** `static-auth-secret`: whoever knows it makes credentials. */
  readonly secret: string;
  /** An entry for `RTCConfiguration.iceServers`, valid for an hour. */
  iceServer(transport?: 'udp' | 'tcp'): { urls: string[]; username: string; credential: string };
  close(): Promise<void>;
}

const PROGRAM = '/usr/bin/turnserver';
const START_MS = 60_000;

/** False where coturn is not installed: the caller then names its tests as not run. */
export async function hasCoturn(): Promise<boolean> {
  return access(PROGRAM).then(
    () => true,
    () => false,
  );
}

/**
 * Starts coturn on any free port of `host` (an address of this machine unless given) and waits until it answers STUN; throws after a minute. Loopback peers are
 * allowed, which no real server may do: here the media node listens there.
 */
export async function startCoturn(options: { host?: string } = {}): Promise<CoturnServer> {
  const host = options.host ?? ownAddress();
  const secret = randomBytes(24).toString('hex');
  const port = await freePorts(1);
  const folder = await mkdtemp('/tmp/gh-coturn-');
  const child = spawn(PROGRAM, argumentsFor(host, port, secret, folder), { cwd: folder, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const close = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = performance.now() + START_MS;
  while (!(await answersStun(host, port))) {
    if (child.exitCode === null && performance.now() < deadline) continue;
    await close();
    throw new Error('coturn did not start');
  }
  return {
    host,
    port,
    secret,
    iceServer: (transport = 'udp') => ({
      urls: [`turn:${host}:${port}?transport=${transport}`],
      ...turnCredentials(secret, Math.floor(Date.now() / 1_000) + 3_600),
    }),
    close,
  };
}

/** Credentials that coturn accepts until `expiresAt`, in seconds since 1970. */
export function turnCredentials(secret: string, expiresAt: number): { username: string; credential: string } {
  const username = `${expiresAt}:test`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

function argumentsFor(host: string, port: number, secret: string, folder: string): string[] {
  return [
    '-n',
    `--listening-ip=${host}`,
    `--relay-ip=${host}`,
    `--listening-port=${port}`,
    '--use-auth-secret',
    `--static-auth-secret=${secret}`,
    '--realm=goldenhour.test',
    '--fingerprint',
    // Without it coturn refuses to start with loopback peers, lest its command line be reached through itself.
    '--no-cli',
    '--allow-loopback-peers',
    '--no-tls',
    '--no-dtls',
    '--no-multicast-peers',
    `--pidfile=${join(folder, 'pid')}`,
    `--userdb=${join(folder, 'users.sqlite')}`,
    '--log-file=/dev/null',
  ];
}

/** Sends one STUN binding request (RFC 8489 section 6) and waits a moment for any answer. */
async function answersStun(host: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const request = Buffer.alloc(20);
  request.writeUInt16BE(0x0001, 0);
  request.writeUInt32BE(0x2112a442, 4);
  randomBytes(12).copy(request, 8);
  const answered = new Promise<boolean>((resolve) => {
    socket.once('message', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.send(request, port, host);
  const result = await Promise.race([answered, delay(100, false)]);
  socket.close();
  return result;
}
