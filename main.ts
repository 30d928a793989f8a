/**
 * The service, part by part: read this file to know what runs in one process; `bin/service/` opens it in order and it
 * closes in the opposite one. `goldenhour start` comes here after set-up; `node main.ts --role …` comes here at once.
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { printWelcome } from './bin/service/welcome.ts';
import { loadConfig } from './platform/config/load.ts';
import { createLogger, setLogLevel } from './platform/log.ts';
import { cacheRoot } from './platform/setup/bring-node.mjs';
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
    // Compiling is half of a start, and a process that was killed has to be back within seconds (target R5).
    enableCompileCache(join(cacheRoot(), 'compiled'));
    // mediasoup and ffmpeg-static read the environment as they are loaded, so nothing may load them before that line.
    const { openService } = await import('./bin/service/open.ts');
    const service = await openService(config, (name, close) => shutdown.register(name, close));
    if (service.signaling) await printWelcome(service.signaling, service.uncopiedKey);
    log.info('ready');
    // Now, since a process that is killed writes nothing on its way out.
    flushCompileCache();
  } catch (error) {
    await shutdown.close('start failed', 1);
    throw error;
  }
  return shutdown.done;
}

// Ending by itself, Node gives signals back to the system first, and one more SIGTERM would turn a good end into a kill.
if (import.meta.main) process.exit(await runToExitCode(() => serve(process.argv.slice(2))));
