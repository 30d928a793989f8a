/** Opens all parts of one process, in order; what is registered is closed in the opposite order. */
import { join } from 'node:path';
import { systemClock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/schema.ts';
import { createLogger } from '../../platform/log.ts';
import { createMetricsRegistry } from '../../platform/metrics.ts';
import { makeDataFolder } from '../../platform/setup/data-folder.ts';
import { projectRoot } from '../../platform/setup/index.ts';
import type { Close } from '../../platform/shutdown.ts';
import { CertificateKeeper } from '../../platform/tls/keeper.ts';
import type { MediaNode } from '../../sfu/media-node.ts';
import { openControl, openLinks, openMediaNode } from './media-node.ts';
import type { RecorderProcess } from './recorder-process.ts';
import { openRecorderRole, openRecorders } from './recorders.ts';
import { openSignaling, type SignalingSide } from './signaling.ts';
import { openSmsSide } from './sms.ts';

export type Register = (name: string, close: Close) => void;

export interface ServiceOptions {
  /** The built pages, unless they stand in their usual place. */
  readonly pagesFolder?: string;
  /** The bystander's built page, likewise. */
  readonly bystanderPagesFolder?: string;
}

export interface Service {
  /** Absent in `sfu` and `recorder`. */
  readonly signaling?: SignalingSide;
  /** Absent in `signaling` and `recorder`. */
  readonly node?: MediaNode;
  /** The recorder's process of `all`, unless recording is not enabled. */
  readonly recorder?: RecorderProcess;
  /** Fingerprint of a master key of which nobody has confirmed a copy. */
  readonly uncopiedKey?: string;
}

/** Opens what the role asks for. On failure, what was opened is registered already and is closed by the caller. */
export async function openService(
  config: Config,
  register: Register,
  options: ServiceOptions = {},
): Promise<Service> {
  const registry = createMetricsRegistry({ role: config.role, processMetrics: true });
  await makeDataFolder(config.dataDir);
  if (config.role === 'recorder') {
    await openRecorderRole(config, registry, register);
    return {};
  }
  // Opened before media, and so closed after it: what is still on its way is recorded. `sfu` has none of its own.
  const recorders = config.role === 'sfu' ? undefined : await openRecorders(config, register);
  const node = config.role === 'signaling' ? undefined : await openMediaNode(config, registry, register);
  if (config.role === 'sfu') {
    if (node) await openControl(config, node, registry, register);
    return { node };
  }
  const certificate = await CertificateKeeper.open(
    { dataDir: config.dataDir, ...config.tls },
    systemClock,
    createLogger('tls'),
  );
  register('certificate', (reason) => certificate.close(reason));
  const sms = await openSmsSide(config, register);
  const signaling = await openSignaling({
    config,
    registry,
    certificate,
    links: openLinks(config, node, register),
    recorders: recorders?.clients ?? [],
    recorderAddresses: recorders?.addresses ?? (() => []),
    register,
    sms: sms.sender,
    ...(sms.reports ? { smsReports: sms.reports } : {}),
    pagesFolder: options.pagesFolder ?? join(projectRoot, 'clients', 'dist'),
    bystanderPagesFolder: options.bystanderPagesFolder ?? join(projectRoot, 'clients', 'dist-v'),
  });
  const { process: recorder, uncopiedKey } = recorders ?? {};
  return {
    signaling,
    ...(node ? { node } : {}),
    ...(recorder ? { recorder } : {}),
    ...(uncopiedKey === undefined ? {} : { uncopiedKey }),
  };
}
