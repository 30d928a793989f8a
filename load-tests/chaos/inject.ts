/** Does what the plan says, one fault at a time for processes and any number for links, and writes down when. */
import { readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../platform/errors.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import type { ChaosClient } from './client.ts';
import type { History } from './history.ts';
import type { Fault, Part } from './schedule.ts';
import type { ChaosStack } from './stack.ts';

/** Left free on a full disk: less than the smallest thing a recorder writes. */
const CRUMB = 4096;
/** Of the configuration's default, after which another process may take a room, in milliseconds. */
const LEASE_MS = 2_000;
const TAKEN_MS = 60_000;

export interface Injection {
  readonly stack: ChaosStack;
  readonly clients: readonly ChaosClient[];
  readonly history: History;
}

/** Runs the whole plan; resolves when the last fault is over and every process stands again. */
export async function injectAll(plan: readonly Fault[], injection: Injection): Promise<void> {
  const zero = performance.now();
  // Faults of processes wait for one another: a start that takes longer than planned moves those behind it.
  let process_: Promise<void> = Promise.resolve();
  const links: Promise<void>[] = [];
  for (const fault of plan) {
    const wait = fault.at - (performance.now() - zero);
    if (wait > 0) await sleep(wait);
    if (fault.kind === 'cut' || fault.kind === 'delay' || fault.kind === 'repeat') {
      links.push(noted(fault, injection, () => disturb(fault, injection.clients)));
    } else {
      await process_;
      process_ = noted(fault, injection, () => strike(fault, injection));
    }
  }
  await Promise.all([process_, ...links]);
}

async function noted(
  fault: Fault,
  { history }: Injection,
  act: () => Promise<string | undefined>,
): Promise<void> {
  const { n } = fault;
  history.add({ t: 'fault', at: history.now(), n, what: 'begin' });
  try {
    const detail = await act();
    history.add({
      t: 'fault',
      at: history.now(),
      n,
      what: 'end',
      ...(detail === undefined ? {} : { detail }),
    });
  } catch (error) {
    history.add({ t: 'fault', at: history.now(), n, what: 'failed', detail: messageOf(error) });
  }
}

async function disturb(
  fault: Extract<Fault, { kind: 'cut' | 'delay' | 'repeat' }>,
  clients: readonly ChaosClient[],
): Promise<undefined> {
  const client = clients[fault.client];
  if (!client) throw new Error(`there is no client ${fault.client}`);
  switch (fault.kind) {
    case 'repeat':
      await client.repeatNext();
      return;
    case 'delay':
      client.link.delay(fault.ms);
      await sleep(fault.forMs);
      client.link.delay(0);
      return;
    case 'cut':
      if (fault.how === 'both') client.link.cut(fault.forMs);
      else client.link.deafen(fault.forMs);
      await sleep(fault.forMs);
  }
}

type Strike = Exclude<Fault, { kind: 'cut' | 'delay' | 'repeat' }>;

async function strike(fault: Strike, { stack, clients }: Injection): Promise<string | undefined> {
  switch (fault.kind) {
    case 'kill':
      return kill(fault.part, fault.downMs, { stack, clients });
    case 'stop':
      return replace(fault.part, fault.downMs, { stack, clients }, (target) => target.close());
    case 'pause':
      return pause(fault.part, fault.forMs, stack, clients);
    case 'disk':
      return fill(fault.forMs, stack);
    case 'clock':
      await stack.stepClock(stack.active, fault.stepMs);
      return `signaling-${stack.active} by ${fault.stepMs} ms`;
  }
}

type Scene = Pick<Injection, 'stack' | 'clients'>;

async function kill(part: Part, downMs: number, { stack, clients }: Scene): Promise<string | undefined> {
  if (part === 'database') {
    const { postgres } = stack;
    if (!postgres) return 'there is no PostgreSQL';
    await postgres.stop();
    await sleep(downMs);
    await postgres.start();
    return undefined;
  }
  if (part !== 'worker') return replace(part, downMs, { stack, clients }, (target) => target.kill());
  const [worker] = await childrenOf(stack.sfu?.pid, 'mediasoup');
  if (worker === undefined) throw new Error('the node has no worker');
  process.kill(worker, 'SIGKILL');
  return `worker ${worker}`;
}

/** Signaling that goes is left for the other process where there is one, as by a load balancer's health check. */
async function replace(
  part: Part,
  downMs: number,
  { stack, clients }: Scene,
  end: (target: ServiceProcess) => Promise<void>,
): Promise<string> {
  const target = targetOf(part, stack);
  const from = performance.now();
  const ended = end(target);
  if (part === 'signaling') turnAway(stack);
  await ended;
  await sleep(downMs);
  // Started earlier, it would take its own rooms back while everyone stands before the other one.
  if (part === 'signaling' && stack.signalings.length > 1) await takenOver(clients, from);
  await target.start();
  return target.name;
}

async function pause(
  part: Part,
  forMs: number,
  stack: ChaosStack,
  clients: readonly ChaosClient[],
): Promise<string> {
  const target = targetOf(part, stack);
  target.stop();
  const from = performance.now();
  // A short sleep is noticed by no health check. After a longer one it must wake as nobody: as long as an owner holds its leases, the
  // other process lets nobody in, so every room is taken over before that.
  const isMoved = part === 'signaling' && forMs > LEASE_MS && stack.signalings.length > 1;
  if (isMoved) turnAway(stack);
  await sleep(forMs);
  if (isMoved) await takenOver(clients, from);
  target.wake();
  return target.name;
}

/** Every room lets somebody in again through the process that everyone was sent to at `from`. */
async function takenOver(clients: readonly ChaosClient[], from: number): Promise<void> {
  const rooms = new Set(clients.map(({ room }) => room));
  const isTaken = (room: string) => clients.some((each) => each.room === room && each.joinedAt > from);
  while (![...rooms].every(isTaken) && performance.now() - from < TAKEN_MS) await sleep(50);
}

function turnAway(stack: ChaosStack): void {
  if (stack.signalings.length > 1) stack.active = 1 - stack.active;
  stack.onTurn?.();
}

function targetOf(part: Part, stack: ChaosStack): ServiceProcess {
  const target =
    part === 'signaling' ? stack.signalings[stack.active] : part === 'sfu' ? stack.sfu : stack.recorder;
  if (!target) throw new Error(`this stack has no ${part}`);
  return target;
}

async function fill(forMs: number, { recorderFolder, smallDisk }: ChaosStack): Promise<string | undefined> {
  if (!smallDisk) return 'there is no file system to fill';
  const ballast = join(recorderFolder, 'ballast');
  const { bavail, bsize } = await statfs(recorderFolder);
  // Whoever writes meanwhile makes it full earlier.
  await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - CRUMB))).catch(unlessFull);
  await sleep(forMs);
  await rm(ballast);
  return undefined;
}

function unlessFull(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
}

export async function childrenOf(pid: number | undefined, name: string): Promise<number[]> {
  if (pid === undefined) return [];
  const found: number[] = [];
  for (const each of await readdir('/proc')) {
    if (!/^\d+$/.test(each)) continue;
    const stat = await readFile(`/proc/${each}/stat`, 'utf8').catch(() => '');
    const [, command = '', parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? [];
    if (Number(parent) === pid && command.includes(name)) found.push(Number(each));
  }
  return found;
}
