/** The whole system in this process on throwaway data, for tests, benchmarks and the demo. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Service } from '../../bin/service/open.ts';
import type { RecorderProcess } from '../../bin/service/recorder-process.ts';
import type { SignalingSide } from '../../bin/service/signaling.ts';
import { loadConfig } from '../../platform/config/load.ts';
import type { Config } from '../../platform/config/schema.ts';
import { createLogger, setLogLevel } from '../../platform/log.ts';
import { provideEnvironment } from '../../platform/setup/index.ts';
import { Shutdown } from '../../platform/shutdown.ts';
import type { MediaNode } from '../../sfu/media-node.ts';
import type { DemoPeople } from '../../signaling/people/first-people.ts';
import { freePorts } from '../network/ports.ts';

export interface StackOptions {
  /** Options of the configuration as command line arguments, such as `['--sfu.workers', '2']`. */
  readonly args?: readonly string[];
  /** Media workers; 1 unless told. */
  readonly workers?: number;
  /** Folder of pages to serve instead of the built ones. */
  readonly pagesFolder?: string;
  /** Folder of the bystander's page to serve instead of the built one. */
  readonly bystanderPagesFolder?: string;
  /** Address of the HTTPS listener; loopback unless told. */
  readonly host?: string;
  /** Address media is received on; loopback unless told. */
  readonly mediaAddress?: string;
  /** False: no recorder beside the media node. */
  readonly recorder?: boolean;
}

export interface Stack {
  /** `https://127.0.0.1:PORT` */
  readonly origin: string;
  /** Where links lead. */
  readonly bystanderOrigin: string;
  readonly port: number;
  readonly dataDir: string;
  readonly signaling: SignalingSide;
  readonly node: MediaNode;
  /** Absent when it was started without. */
  readonly recorder?: RecorderProcess;
  readonly demo: DemoPeople;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const LOG_LEVEL = process.env.GOLDENHOUR_TEST_LOG === 'debug' ? 'debug' : 'fatal';

/** Every listener on a free port of one address; what the caller asks for comes last and wins. */
async function configOf(options: StackOptions, dataDir: string): Promise<Config> {
  const { workers = 1, host = HOST } = options;
  return loadConfig({
    cwd: dataDir,
    env: {},
    args: [
      ...['--dataDir', dataDir, '--http.host', host, '--http.port', '0', '--http.plainPort', '0'],
      ...['--bystander.host', host, '--bystander.port', '0', '--sfu.workers', String(workers)],
      ...['--recording.enabled', String(options.recorder ?? true), '--logLevel', LOG_LEVEL],
      // Machines of tests are often nearly full and keep no copies of throwaway keys; both have tests of their own.
      ...['--recording.reserveBytes', '0', '--recording.requireKeyCopy', 'false'],
      ...['--sfu.listenAddresses', JSON.stringify([options.mediaAddress ?? host])],
      ...['--sfu.rtcBasePort', String(await freePorts(workers))],
      ...['--tls.hostnames', JSON.stringify([host])],
      ...(options.args ?? []),
    ],
  });
}

/** Starts it; rejects with what failed, having closed the rest. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  setLogLevel(LOG_LEVEL);
  // Vite calls a process a production once it has built pages in it; a stack is none.
  if (process.env.NODE_ENV === 'production') delete process.env.NODE_ENV;
  await provideEnvironment();
  // mediasoup reads where its worker is as it is loaded, so nothing may load it before that line.
  const { openService } = await import('../../bin/service/open.ts');
  const dataDir = await mkdtemp(join(tmpdir(), 'goldenhour-stack-'));
  const shutdown = new Shutdown(createLogger('stack'));
  const host = options.host ?? HOST;
  const config = await configOf(options, dataDir);
  const close = async () => {
    await shutdown.close('the test is over');
    await rm(dataDir, { recursive: true, force: true });
  };
  let service: Service;
  try {
    service = await openService(config, (name, closer) => shutdown.register(name, closer), {
      ...(options.pagesFolder === undefined ? {} : { pagesFolder: options.pagesFolder }),
      ...(options.bystanderPagesFolder === undefined
        ? {}
        : { bystanderPagesFolder: options.bystanderPagesFolder }),
    });
  } catch (error) {
    await close();
    throw error;
  }
  const { signaling, node, recorder } = service;
  if (!signaling || !node) throw new Error('a stack has both sides');
  const { port } = signaling.listener;
  const demo = await signaling.people.createDemoPeople();
  return {
    origin: `https://${host}:${port}`,
    bystanderOrigin: `https://${host}:${signaling.bystander?.port ?? 0}`,
    port,
    dataDir,
    signaling,
    node,
    demo,
    close,
    ...(recorder ? { recorder } : {}),
  };
}
