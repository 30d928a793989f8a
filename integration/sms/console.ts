/** A sender for development: it prints the message to the operator's terminal and calls that delivered. */
import { AppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { Reports } from './reports.ts';
import { Sender, undelivered, type Way } from './sender.ts';

export interface ConsoleOptions {
  readonly production: boolean;
  /** `sms.consoleInProduction`: printed links are secrets on a screen, so production has to want them. */
  readonly allowedInProduction: boolean;
  readonly log: Logger;
  /** Where it is printed; the process's standard error unless given, so that standard output stays JSON. */
  readonly print?: (text: string) => void;
}

/** Throws `config-invalid` in production unless that is allowed. */
export function openConsoleSender(options: ConsoleOptions): Sender {
  const { production, allowedInProduction, log } = options;
  if (production && !allowedInProduction) {
    throw new AppError('config-invalid', 'In production links are not sent to a terminal.', {
      whatToDo: 'Set sms.kind to http, smpp or none; or, for a trial, sms.consoleInProduction to true.',
    });
  }
  const print = options.print ?? ((text: string) => void process.stderr.write(text));
  const reports = new Reports(log);
  const way: Way = {
    kind: 'console',
    connected: true,
    async submit({ message: { messageId, to, text } }) {
      print(`\n--- SMS to ${to}\n${text}\n---\n`);
      reports.tell(messageId, { state: 'accepted' });
      return { state: 'delivered' };
    },
    close: async () => {},
  };
  return new Sender(way, reports);
}

/** The sender of an installation without one: every message fails at once, and says what to do instead. */
export function openNoSender(log: Logger): Sender {
  const way: Way = {
    kind: 'none',
    connected: false,
    async submit() {
      throw undelivered(
        { state: 'failed', failure: 'provider-away', providerCode: 'none' },
        'No provider of SMS is set up (sms.kind): show the QR code, or copy the link.',
      );
    },
    close: async () => {},
  };
  return new Sender(way, new Reports(log));
}
