/**
 * Whose each peer id of a room was first. Entries name peers among their readers, so an id that has become free must not
 * open to somebody else what was meant for the one who left: anybody in the room has seen the id.
 */
import type { Viewer } from '../protocol/audience.ts';
import type { LogEntry } from '../protocol/entry.ts';
import { CLINICAL_ROLES, hasRole, type Role, STAFF_ROLES } from '../protocol/roles.ts';
import { conflict } from './deciders/rules.ts';

interface Holder {
  readonly principalId: string;
  readonly role: Role;
}

export class PeerIds {
  readonly #holders = new Map<string, Holder>();

  note({ events }: LogEntry): void {
    for (const event of events) {
      if (event.type !== 'PeerJoined' || this.#holders.has(event.peerId)) continue;
      this.#holders.set(event.peerId, { principalId: event.principalId, role: event.role });
    }
  }

  /**
   * Throws `conflict` for the id of somebody else. Colleagues who would read the same anyway may share one: a page keeps its
   * id for the tab, also when the next shift signs in there.
   */
  assertMayUse({ peerId, principalId, role }: Pick<Viewer, 'peerId' | 'principalId' | 'role'>): void {
    const holder = this.#holders.get(peerId);
    if (!holder || holder.principalId === principalId || hasRole(CLINICAL_ROLES, role)) return;
    if (holder.role === role && hasRole(STAFF_ROLES, role)) return;
    throw conflict(
      'This peer id was somebody else’s in this room.',
      'Make a new peer id and join again.',
      'taken',
    );
  }
}
