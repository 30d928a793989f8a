/** What a reload must find again, kept for the life of the tab; where storage is refused, for the life of the page. */
import { newId } from '../../core/ids.ts';

const memory = new Map<string, string>();

function read(key: string): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? undefined;
  } catch {
    // In-app browsers and private windows may refuse storage.
    return memory.get(key);
  }
}

function write(key: string, value: string | undefined): void {
  if (value === undefined) memory.delete(key);
  else memory.set(key, value);
  try {
    if (value === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // See `read`.
  }
}

/** One peer for each opening: a reload is the same peer, another link in the same tab is another one. */
export function keptPeerId(openingId: string): string {
  const key = `goldenhour.v.peer.${openingId}`;
  const peerId = read(key) ?? newId();
  write(key, peerId);
  return peerId;
}

/** What a volunteer answered last; the room tells it to staff alone. */
export function keptComing(openingId: string): boolean | undefined {
  const kept = read(`goldenhour.v.coming.${openingId}`);
  return kept === undefined ? undefined : kept === 'yes';
}

export function keepComing(openingId: string, coming: boolean | undefined): void {
  write(`goldenhour.v.coming.${openingId}`, coming === undefined ? undefined : coming ? 'yes' : 'no');
}

export type Facing = 'environment' | 'user';

/** The camera that was live, so that a reload goes on filming; undefined when it was not, or was stopped. */
export function keptFilming(openingId: string): Facing | undefined {
  const kept = read(`goldenhour.v.filming.${openingId}`);
  return kept === 'environment' || kept === 'user' ? kept : undefined;
}

export function keepFilming(openingId: string, facing: Facing | undefined): void {
  write(`goldenhour.v.filming.${openingId}`, facing);
}
