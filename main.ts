/**
 * The service, part by part: read this file to know what runs in one process; `bin/service/` opens it in order and it
 * closes in the opposite one. `goldenhour start` comes here after set-up; `node main.ts --role …` comes here at once.
 */

import { printWelcome } from './bin/service/welcome.ts';
import { loadConfig } from './platform/config/load.ts';
import { createLogger, setLogLevel } from './platform/log.ts';
import { provideEnvironment } from './platform/setup/index.ts';
import { Shutdown } from './platform/shutdown.ts';
import { runToExitCode } from './platform/terminal.ts';

/** Runs one process of GoldenHour until it is told to end; returns the exit code. */
export async function serve(args: readonly string[]): Promise<number> {
  const config = loadConfig({ args });
  setLogLevel(config.logLevel);
  const log = createLogger('main', { role: config.role });
  const shutdown = new Shutdown(log);
  shutdown.listen();
  try {
    log.info({ node: process.versions.node, pid: process.pid }, 'starting');
    await provideEnvironment();
    // mediasoup and ffmpeg-static read the environment as they are loaded, so nothing may load them before that line.
    const { openService } = await import('./bin/service/open.ts');
    const service = await openService(config, (name, close) => shutdown.register(name, close));
    if (service.signaling) await printWelcome(service.signaling);
    log.info('ready');
  } catch (error) {
    await shutdown.close('start failed', 1);
    throw error;
  }
  return shutdown.done;
}

if (import.meta.main) process.exitCode = await runToExitCode(() => serve(process.argv.slice(2)));
