/** CEILING: what one core of this machine can do at most, whichever server runs on it; S1 and S2 print their distance to it. */
import { cpus } from 'node:os';
import { type Ceiling, measureCeiling } from '../core/ceiling.ts';
import { type Bench, series } from './types.ts';

export const bench: Bench = {
  id: 'CEILING',
  target:
    'no target: packets a second that one core encrypts (AES-128-GCM) and gives to the kernel one by one, and does nothing else',
  better: 'higher',
  minutes: 1,
  namespaces: true,
  run: async ({ runs = 5, progress } = {}) => {
    const found: Ceiling[] = [];
    for (let run = 1; run <= runs; run += 1) {
      progress?.(run, runs);
      found.push(await measureCeiling({ core: cpus().length - 1 }));
    }
    const rates = (of: (ceiling: Ceiling) => number) => series('packets/s', found.map(of), 0);
    const invalid = found.find((ceiling) => ceiling.invalid !== undefined)?.invalid;
    const figure = rates(({ forward }) => forward.AEAD_AES_128_GCM);
    return {
      ...figure,
      value: figure.median,
      reached: true,
      more: {
        'the same with AES-256-GCM': rates(({ forward }) => forward.AEAD_AES_256_GCM),
        'the same with AES-CM and HMAC-SHA1': rates(({ forward }) => forward.AES_CM_128_HMAC_SHA1_80),
        'the kernel alone, a call for each packet': rates(({ send }) => send.call),
        'the kernel alone, 64 packets a call': rates(({ send }) => send.batch),
        'the kernel alone, 40 packets for one destination a call': rates(({ send }) => send.segments),
        'AES-128-GCM alone': rates(({ cipher }) => cipher.AEAD_AES_128_GCM),
        'AES-256-GCM alone': rates(({ cipher }) => cipher.AEAD_AES_256_GCM),
        'AES-CM and HMAC-SHA1 alone': rates(({ cipher }) => cipher.AES_CM_128_HMAC_SHA1_80),
      },
      leftOut: [
        'Counted is the time a program had the core, so that other programs beside it matter little.',
        'Receiving, RTP, retransmission and congestion control are not in it: a server has these as well.',
        'The link is a veth whose other end drops every packet at once; a network card costs something else.',
      ],
      ...(invalid === undefined ? {} : { invalid }),
    };
  },
};
