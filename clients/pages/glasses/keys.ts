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

/** A key that switches something: on it stands what the next press does. */
function toggle(icon: Key['icon'], isOn: boolean, on: string, off: string): Omit<Key, 'command' | 'run'> {
  return { icon, text: isOn ? off : on, pressed: isOn };
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
      return toggle('torch', now.torchOn, t('glasses.say.torchOn'), t('glasses.say.torchOff'));
    case 'marks':
      return toggle('eye', now.marksOn, t('glasses.say.marksOn'), t('glasses.say.marksOff'));
    case 'microphone': {
      const icon = now.microphoneOn ? 'mic' : 'mic-off';
      return toggle(icon, now.microphoneOn, t('glasses.say.micOn'), t('glasses.say.micOff'));
    }
    case 'dim':
      return { icon: 'moon', text: t('glasses.say.dim') };
    case 'sight':
      return { icon: 'glasses', text: sightText(now.nextSight) };
    case 'world':
      return toggle('spot', now.tracksWorld, t('glasses.say.worldOn'), t('glasses.say.worldOff'));
    case 'calibrate':
      return { icon: 'gauge', text: t('glasses.say.calibrate') };
  }
}
