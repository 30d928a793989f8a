/** Counts what becomes of links and their messages, from the facts alone: whatever states them is counted. */
import type { LinkMetrics } from '../metrics.ts';
import type { RoomEvent } from '../protocol/events.ts';
import type { Rooms } from '../rooms/types.ts';

/** Returns the function that stops counting. */
export function countLinks(rooms: Pick<Rooms, 'onEntry'>, metrics: LinkMetrics): () => void {
  return rooms.onEntry((_, { events }) => {
    for (const event of events) count(metrics, event);
  });
}

function count(metrics: LinkMetrics, event: RoomEvent): void {
  switch (event.type) {
    case 'LinkCreated':
      metrics.created.inc({ use: event.use });
      break;
    case 'LinkSent':
      metrics.sent.inc({ way: event.way });
      break;
    case 'LinkDelivery':
      metrics.sms.inc({ state: event.state, failure: event.failure ?? 'none' });
      break;
    case 'LinkOpened':
      metrics.openings.inc();
      break;
    case 'LinkBound':
      metrics.live.inc();
      break;
    case 'LinkEnded':
      metrics.ended.inc({ reason: event.reason });
      break;
  }
}
