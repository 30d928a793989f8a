/**
 * What a wearer can have done, by voice, by two keys or by a finger: one list, most urgent first, of which one stands large on
 * the display. Pure.
 */

export const COMMANDS = [
  'read-back',
  'expert',
  'cancel-call',
  'torch',
  'marks',
  'microphone',
  'dim',
  'sight',
  'world',
  'calibrate',
] as const;
export type Command = (typeof COMMANDS)[number];

/** What of the room and the device decides which commands there are. */
export interface Standing {
  readonly orderWaits: boolean;
  readonly helpRings: boolean;
  readonly torch: 'on' | 'off' | 'unsupported';
  /** Whether the device can track the world. */
  readonly tracksWorld: boolean;
}

/** The commands there are now, in the order of the keys. */
export function commandsFor(standing: Standing): readonly Command[] {
  return COMMANDS.filter((command) => {
    switch (command) {
      case 'read-back':
        return standing.orderWaits;
      case 'expert':
        return !standing.helpRings;
      case 'cancel-call':
        return standing.helpRings;
      case 'torch':
        return standing.torch !== 'unsupported';
      case 'world':
        return standing.tracksWorld;
      default:
        return true;
    }
  });
}

/**
 * Which command stands large after the list has changed: an order that begins to wait comes forward by itself, anything else
 * stays where the wearer left it.
 */
export function keepCurrent(
  before: readonly Command[],
  after: readonly Command[],
  current: Command,
): Command {
  const first = after[0] ?? 'expert';
  if (after.includes('read-back') && !before.includes('read-back')) return 'read-back';
  if (after.includes(current)) return current;
  // Calling and calling off take each other's place.
  if (current === 'expert' && after.includes('cancel-call')) return 'cancel-call';
  if (current === 'cancel-call' && after.includes('expert')) return 'expert';
  return first;
}

export function nextCommand(list: readonly Command[], current: Command): Command {
  return list[(list.indexOf(current) + 1) % list.length] ?? current;
}
