/** The client's beat: 8 bytes, 2 a second, on every send transport, so that the node hears a paused camera live. */
import type { types } from 'mediasoup-client';
import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';

export const BEAT_MS = 500;

/**
 * Opens the beat channel and beats until the returned function is called or the transport closes. Rejects when the
 * channel cannot be made.
 */
export async function startBeats(transport: types.Transport, clock: Clock): Promise<() => void> {
  const channel = await transport.produceData({
    ordered: false,
    maxRetransmits: 0,
    label: 'beat',
    appData: { dataProducerId: newId(), label: 'beat' },
  });
  const beat = new DataView(new ArrayBuffer(8));
  const stop = clock.every(BEAT_MS, () => {
    // A channel that is full is a link that stands still: a queued beat would say too late that we were alive.
    if (channel.closed || channel.readyState !== 'open' || channel.bufferedAmount > 64) return;
    beat.setFloat64(0, clock.monotonic());
    channel.send(beat.buffer);
  });
  channel.observer.on('close', stop);
  return () => {
    stop();
    channel.close();
  };
}
