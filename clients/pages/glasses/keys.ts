/** The commands of the wearer as keys: what stands on each, and what it does. */
import { t } from '../../i18n/index.ts';
import type { Key } from './command-bar.tsx';
import type { Command } from './commands.ts';
import type { Sight } from './sight.ts';

/** What the keys switch. */
export interface Switches {
  readonly torchOn: boolean;
  readonly marksOn: boolean;
  readonly microphoneOn: boolean;
  /** How the wearer would see after the switch. */
  readonly nextSight: Sight['kind'];
  readonly tracksWorld: boolean;
  run(command: Command): void;
}

/** The keys of these commands, in their order. */
export function keysOf(commands: readonly Command[], switches: Switches): readonly Key[] {
  return commands.map((command) => ({
    command,
    ...face(command, switches),
    run: () => switches.run(command),
  }));
}

function sightText(kind: Sight['kind']): string {
  if (kind === 'camera') return t('glasses.say.sightCamera');
  return kind === 'black' ? t('glasses.say.sightBlack') : t('glasses.say.sightThrough');
}

function face(command: Command, now: Switches): Omit<Key, 'command' | 'run'> {
  switch (command) {
    case 'read-back':
      return { icon: 'check', text: t('glasses.say.readBack'), tone: 'primary' };
    case 'expert':
      return { icon: 'bell', text: t('glasses.say.expert'), tone: 'danger' };
    case 'cancel-call':
      return { icon: 'close', text: t('glasses.say.cancelCall') };
    case 'torch':
      return {
        icon: 'torch',
        text: now.torchOn ? t('glasses.say.torchOff') : t('glasses.say.torchOn'),
        pressed: now.torchOn,
      };
    case 'marks':
      return {
        icon: 'eye',
        text: now.marksOn ? t('glasses.say.marksOff') : t('glasses.say.marksOn'),
        pressed: now.marksOn,
      };
    case 'microphone':
      return {
        icon: now.microphoneOn ? 'mic' : 'mic-off',
        text: now.microphoneOn ? t('glasses.say.micOff') : t('glasses.say.micOn'),
        pressed: now.microphoneOn,
      };
    case 'dim':
      return { icon: 'moon', text: t('glasses.say.dim') };
    case 'sight':
      return { icon: 'glasses', text: sightText(now.nextSight) };
    case 'world':
      return {
        icon: 'spot',
        text: now.tracksWorld ? t('glasses.say.worldOff') : t('glasses.say.worldOn'),
        pressed: now.tracksWorld,
      };
    case 'calibrate':
      return { icon: 'gauge', text: t('glasses.say.calibrate') };
  }
}
