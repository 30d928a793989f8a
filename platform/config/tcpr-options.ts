/** The limits of telephone CPR. */
import { option, seconds, section } from './option.ts';

export const tcpr = section(
  {
    recognisedSeconds: option(seconds(10, 1800).default(90), {
      meaning:
        'After this long since the call was answered, recognising the cardiac arrest counts as late (goal of the AHA Telecommunicator CPR programme recommendations, 2020; its older minimum is 120 s).',
      unit: 'seconds',
    }),
    compressingSeconds: option(seconds(10, 1800).default(150), {
      meaning:
        'After this long since the call was answered, the first compression counts as late (goal of the same recommendations; their older minimum is 180 s).',
      unit: 'seconds',
    }),
  },
  'Clocks of telephone CPR (T-CPR) on the page of the dispatcher.',
);
