import type { Config } from '../../../platform/config/schema.ts';

/** Section `sms.http` of the configuration. */
export type HttpSmsOptions = Config['sms']['http'];
