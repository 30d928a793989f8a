/** The options of the bystander's door: the page that a link opens on a phone. */
import { z } from 'zod';
import { option, port, section } from './option.ts';

const origin = z.url({ protocol: /^https$/ }).refine((text) => new URL(text).origin === text, {
  error: 'is not an origin such as https://help.example',
});

/** As in `signaling/protocol/phone.ts`, which the platform does not know: the wiring fails to compile if they part. */
const countries = [
  ...['AE', 'AU', 'CA', 'CH', 'CN', 'DE', 'DK', 'ES', 'FR', 'GB', 'HK', 'ID', 'IN', 'IT'],
  ...['JP', 'KR', 'MO', 'MY', 'NO', 'NZ', 'PH', 'SG', 'TH', 'TW', 'US', 'VN', 'ZA'],
] as const;

export const bystander = section(
  {
    enabled: option(z.boolean().default(true), {
      meaning:
        'Opens the listener that links to phones lead to. It serves the page of a link and nothing else.',
    }),
    host: option(z.string().min(1).optional(), {
      meaning: 'Address the bystander’s listener binds to.',
      defaultText: 'every address of the machine',
    }),
    port: option(port.default(8446), {
      meaning: 'Port of the bystander’s listener (HTTPS, websocket). 0: any free one.',
    }),
    publicOrigin: option(origin.optional(), {
      meaning:
        'Address that links begin with, such as `https://help.example`: short, and with a certificate that every phone trusts.',
      defaultText:
        'https:// with the first of `tls.hostnames`, else this machine’s address, and `bystander.port`',
    }),
    country: option(z.enum(countries).default('CN'), {
      meaning:
        'Country (ISO 3166-1 alpha-2) that a pasted telephone number without a country code belongs to.',
    }),
    supportPhone: option(z.string().min(1).max(32).optional(), {
      meaning: 'Whom a bystander may call for support afterwards; shown when the ambulance has taken over.',
    }),
  },
  'The door for bystanders.',
);
