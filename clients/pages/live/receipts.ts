/** Which messages this person has truly read. The SDK confirms their delivery by itself. */
import { useEffect, useRef } from 'preact/hooks';
import type { MessageState } from '../../../signaling/protocol/state.ts';
import { useRoom } from './live-room.ts';

/** Messages of others that this peer has not confirmed as read in the facts. */
export function toConfirm(messages: readonly MessageState[], peerId: string): readonly string[] {
  return messages
    .filter((message) => message.peerId !== peerId && !message.readBy.includes(peerId))
    .map((message) => message.messageId);
}

/** How many messages of others have not been read by this peer. */
export function unreadCount(messages: readonly MessageState[], peerId: string): number {
  return toConfirm(messages, peerId).length;
}

/** How long a message must be in sight before it counts as read, in milliseconds. */
const READ_AFTER_MS = 600;

/**
 * Watches which messages are truly in front of a person: on screen, page visible and focused, for a moment. Answers
 * a function for the `ref` of each message's element, which carries its id in `data-message`.
 */
export function useReadReceipts(): (element: HTMLElement | null) => void {
  const { session, state } = useRoom();
  const watcher = useRef<{ observer: IntersectionObserver; elements: Set<HTMLElement> } | undefined>(
    undefined,
  );
  const latest = useRef(state.value.messages);
  latest.current = state.value.messages;
  useEffect(() => {
    const inSight = new Map<string, number>();
    const asked = new Set<string>();
    const onSight = (entries: IntersectionObserverEntry[]) => {
      for (const entry of entries) {
        const id = entry.target instanceof HTMLElement ? entry.target.dataset.message : undefined;
        if (id === undefined) continue;
        if (entry.isIntersecting) inSight.set(id, inSight.get(id) ?? Date.now());
        else inSight.delete(id);
      }
    };
    const observer = new IntersectionObserver(onSight, { threshold: 0.6 });
    for (const element of watcher.current?.elements ?? []) observer.observe(element);
    watcher.current = { observer, elements: watcher.current?.elements ?? new Set() };
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible' || !document.hasFocus()) {
        for (const id of inSight.keys()) inSight.set(id, Date.now());
        return;
      }
      const seen = toConfirm(latest.current, session.peerId).filter((id) => {
        const since = inSight.get(id);
        return since !== undefined && Date.now() - since >= READ_AFTER_MS && !asked.has(id);
      });
      if (seen.length === 0) return;
      for (const id of seen) asked.add(id);
      session.request('chat.receipt', { messageIds: seen.slice(0, 100), state: 'read' }).catch(() => {
        for (const id of seen) asked.delete(id);
      });
    }, 300);
    return () => {
      clearInterval(timer);
      observer.disconnect();
    };
  }, [session]);
  return useRef((element: HTMLElement | null) => {
    if (element === null) return;
    watcher.current ??= { observer: new IntersectionObserver(() => undefined), elements: new Set() };
    watcher.current.elements.add(element);
    watcher.current.observer.observe(element);
  }).current;
}
