/** The options of recorders. */
import { z } from 'zod';
import { option, port, section } from './option.ts';

/** As in `signaling/protocol/media.ts`, which the platform does not know: the wiring fails to compile if they part. */
const rung = z.enum(['2160', '1080', '540']);
const pictureRole = z.enum(['patient', 'overview', 'monitor', 'glasses', 'face', 'screen']);
const days = z.int().min(1).max(36_525);

export const recording = section(
  {
    enabled: option(z.boolean().default(true), {
      meaning:
        'Run a recorder beside the media node (`role` `all`). Without one, nothing of any room is recorded.',
    }),
    reserveBytes: option(z.int().min(0).optional(), {
      meaning:
        'Space that is kept free where recordings stand. With less, no recording begins, and running ones give up pictures by their worth.',
      unit: 'bytes',
      defaultText: '5 % of the file system, at most 2 GiB',
    }),
    requireKeyCopy: option(z.boolean().optional(), {
      meaning:
        'Refuse to start until somebody has confirmed that a copy of the master key is kept elsewhere (`goldenhour keys confirm`).',
      defaultText: 'true for `role` `recorder` and where `NODE_ENV` is `production`, else false',
    }),
    minimumRung: option(rung.default('1080'), {
      meaning:
        'The least that every picture is recorded at, also while nobody watches it; better layers are recorded while viewers make them flow.',
    }),
    minimumRungByRole: option(z.partialRecord(pictureRole, rung).default({}), {
      meaning: 'The same for single roles of sources, such as `{"patient": "2160", "overview": "540"}`.',
    }),
    control: section(
      {
        host: option(z.string().min(1).default('127.0.0.1'), {
          meaning: 'Address of the recorder’s listener (`role` `recorder`).',
        }),
        port: option(port.default(8445), {
          meaning: 'Port of the recorder’s listener (`role` `recorder`). 0: any free one.',
        }),
        certFile: option(z.string().min(1).optional(), {
          meaning: 'Certificate chain (PEM) of that listener; needed where it leaves this machine.',
        }),
        keyFile: option(z.string().min(1).optional(), {
          meaning: 'Private key (PEM) of `recording.control.certFile`.',
        }),
      },
      'Where signaling reaches this recorder.',
    ).prefault({}),
    retentionDays: section(
      {
        standard: option(days.default(1096), {
          meaning: 'How long recordings of the class `standard` are kept after the room has closed.',
          unit: 'days',
        }),
        short: option(days.default(21), {
          meaning: 'The same for `short`, such as recordings for quality review without consent.',
          unit: 'days',
        }),
        long: option(days.default(5479), {
          meaning: 'The same for `long`, as long as a patient record.',
          unit: 'days',
        }),
        drill: option(days.default(90), { meaning: 'The same for drills.', unit: 'days' }),
      },
      'When the rule of retention deletes. Recordings under legal hold are never deleted.',
    ).prefault({}),
    timestampUrl: option(z.url({ protocol: /^https?$/ }).optional(), {
      meaning:
        'Address of a time authority (RFC 3161) that stamps sealed recordings. Without one a request file lies in each package.',
    }),
  },
  'The recorder. Rooms are recorded unless somebody switches it off.',
);
