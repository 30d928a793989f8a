/** Opens what sends text messages, as the configuration says. */
import { readFile } from 'node:fs/promises';
import { openSms, type Sms } from '../../integration/sms/open.ts';
import type { Config } from '../../platform/config/schema.ts';
import { AppError } from '../../platform/errors.ts';
import { createLogger } from '../../platform/log.ts';
import { OutgoingGuard } from '../../platform/outgoing.ts';
import type { SmsSender } from '../../signaling/protocol/sms.ts';
import type { Register } from './open.ts';

/** Opened before signaling and so closed after it: what signaling still hands over is sent. Throws `config-invalid`. */
export async function openSmsSide(config: Config, register: Register): Promise<Sms> {
  const sms = await openSms({
    sms: config.sms,
    guard: new OutgoingGuard(config.outgoing.allow),
    log: createLogger('integration.sms'),
    production: process.env.NODE_ENV === 'production',
    readFile: (path) => readFile(path, 'utf8'),
  });
  register('SMS', (reason) => sms.sender.close(reason));
  return sms;
}

/** For readiness: links can be shown and copied while the provider of text messages is away, but somebody should look. */
export function smsNotice(sms: SmsSender): Record<string, () => Promise<void>> {
  if (sms.kind === 'none') return {};
  return {
    sms: async () => {
      if (sms.connected) return;
      throw new AppError('sms-away', 'The provider of text messages cannot be reached.', {
        whatToDo: 'Look at the log of integration.sms; it is tried again by itself.',
      });
    },
  };
}
