import type { Config } from '../../../platform/config/schema.ts';

/** Section `sms.smpp` of the configuration. */
export type SmppSmsOptions = Config['sms']['smpp'];
