/** How the link of a room is said and drawn. Pure. */
import type { Connection, ConnectionStatus } from '../../core/types.ts';
import type { IconName } from '../../ui/icons.tsx';

export type Tone = 'good' | 'warn' | 'bad' | 'note';

const tones: Record<ConnectionStatus, Tone> = {
  connecting: 'note',
  live: 'good',
  weak: 'warn',
  reconnecting: 'bad',
  'media-rebuilding': 'warn',
  refused: 'bad',
  ended: 'note',
};

export function toneOf(status: ConnectionStatus): Tone {
  return tones[status];
}

export function statusIcon(status: ConnectionStatus): IconName {
  if (status === 'live') return 'link';
  if (status === 'reconnecting' || status === 'refused') return 'offline';
  if (status === 'ended') return 'leave';
  return status === 'weak' ? 'warn' : 'link';
}

/** Whether the state of the link deserves a bar across the page rather than a small tag. */
export function needsBar(connection: Connection): boolean {
  return ['weak', 'reconnecting', 'media-rebuilding'].includes(connection.status);
}
