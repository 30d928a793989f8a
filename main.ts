/**
 * The service, part by part: read this file to know what runs in one process, in which order it opens, and that it
 * closes in the opposite one. `goldenhour start` comes here after set-up; `node main.ts --role …` comes here at once.
 */
import { systemClock } from './platform/clock.ts';
import { loadConfig } from './platform/config/load.ts';
import { createLogger, setLogLevel } from './platform/log.ts';
import { makeDataFolder } from './platform/setup/data-folder.ts';
import { provideEnvironment } from './platform/setup/index.ts';
import { Shutdown } from './platform/shutdown.ts';
import { runToExitCode } from './platform/terminal.ts';
import { CertificateKeeper } from './platform/tls/keeper.ts';

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
    await makeDataFolder(config.dataDir);

    const certificate = await CertificateKeeper.open(
      { dataDir: config.dataDir, ...config.tls },
      systemClock,
      createLogger('tls'),
    );
    shutdown.register('certificate', (reason) => certificate.close(reason));

    log.info('ready');
  } catch (error) {
    await shutdown.close('start failed', 1);
    throw error;
  }
  return shutdown.done;
}

if (import.meta.main) process.exitCode = await runToExitCode(() => serve(process.argv.slice(2)));
