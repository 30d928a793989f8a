/**
 * Text messages with links: `openSms` opens the kind that the configuration asks for and answers it as the `SmsSender` of
 * the contract (signaling/protocol/sms.ts), together with the door for the gateway's reports.
 *
 * - `console` prints messages to the operator's terminal, for development. `none` fails each at once.
 * - `http` posts them to a gateway: a template with a signature of one's own (`http/providers.ts`, `http/sign.ts`), or the
 *   interfaces of Alibaba Cloud and Tencent Cloud. Reports come in through `http/report-door.ts`.
 * - `smpp` keeps a connection to a message centre bound (`smpp/link.ts`) and submits in a window (`smpp/way.ts`).
 *
 * What all promise: one id is handed over once, and again only where the provider cannot have taken it; every outcome is
 * reported, `unknown` where nobody can say; a message that could not leave in time is `expired`; nothing is kept over a
 * restart; numbers and texts are never logged. `testing/contract.ts` checks this for each kind.
 */
import type { Config } from '../../platform/config/schema.ts';
import { AppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { OutgoingGuard } from '../../platform/outgoing.ts';
import type { SmsReportDoor, SmsSender } from '../../signaling/protocol/sms.ts';
import { openConsoleSender, openNoSender } from './console.ts';
import { Gateway } from './http/gateway.ts';
import { ReportDoor } from './http/report-door.ts';
import { SIGNED_PARTS } from './http/sign.ts';
import { assertPlaceholders } from './http/template.ts';
import { Receipts } from './receipts.ts';
import { Reports } from './reports.ts';
import { Sender } from './sender.ts';
import { SmppWay } from './smpp/way.ts';

export interface SmsOptions {
  readonly sms: Config['sms'];
  readonly guard: OutgoingGuard;
  readonly log: Logger;
  /** True where `NODE_ENV` is `production`. */
  readonly production: boolean;
  /** Reads a file with certificates (PEM). */
  readonly readFile: (path: string) => Promise<string>;
}

export interface Sms {
  readonly sender: SmsSender;
  /** Absent for kinds that get no reports over HTTP. */
  readonly reports?: SmsReportDoor;
}

/** Opens the sender. Throws `config-invalid` with what to do. */
export async function openSms(options: SmsOptions): Promise<Sms> {
  const { sms, log, production } = options;
  const kind = sms.kind ?? (production ? 'none' : 'console');
  switch (kind) {
    case 'none':
      return { sender: openNoSender(log) };
    case 'console':
      return {
        sender: openConsoleSender({ production, allowedInProduction: sms.consoleInProduction, log }),
      };
    case 'http':
      return openHttp(options);
    case 'smpp':
      return openSmpp(options);
  }
}

async function openHttp({ sms: { http }, guard, log, readFile }: SmsOptions): Promise<Sms> {
  assertPlaceholders(http.body, 'sms.http.body');
  assertPlaceholders(http.headers, 'sms.http.headers');
  assertPlaceholders(http.templateParams, 'sms.http.templateParams');
  assertPlaceholders(http.signature.content, 'sms.http.signature.content', SIGNED_PARTS);
  assertPlaceholders(http.reports.content, 'sms.http.reports.content', SIGNED_PARTS);
  const ca = http.caFile === undefined ? {} : { ca: await readFile(http.caFile) };
  const parts = { http, log, reports: new Reports(log), receipts: new Receipts() };
  const sender = new Sender(new Gateway({ ...parts, guard, ...ca }), parts.reports);
  return { sender, reports: new ReportDoor(parts) };
}

async function openSmpp({ sms: { smpp }, guard, log, readFile }: SmsOptions): Promise<Sms> {
  const { host, caFile } = smpp;
  if (host === undefined) {
    throw new AppError('config-invalid', 'sms.smpp.host is missing.', {
      whatToDo: 'Set sms.smpp.host to the message centre, or choose another sms.kind.',
    });
  }
  const ca = caFile === undefined ? {} : { ca: await readFile(caFile) };
  const parts = { smpp, host, guard, log, reports: new Reports(log), receipts: new Receipts(), ...ca };
  return { sender: new Sender(new SmppWay(parts), parts.reports) };
}
