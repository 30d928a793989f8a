/** Lets a test say that packets of a source come in, which its clients do not send. */
import type { ControlClient, ControlEventData } from '../../protocol/control.ts';

type Score = ControlEventData<'producer.score'>;

export class Scores {
  readonly #listeners = new Set<(data: Score) => void>();

  /** Stands between the service and a node; everything else is the real one's. */
  wrap(client: ControlClient): ControlClient {
    return {
      nodeId: client.nodeId,
      get connected() {
        return client.connected;
      },
      request: (method, params, deadlineMs) => client.request(method, params, deadlineMs),
      on: (event, listener) => {
        const stop = client.on(event, listener);
        if (event !== 'producer.score') return stop;
        const told = (data: Score) => Reflect.apply(listener, undefined, [data]);
        this.#listeners.add(told);
        return () => {
          this.#listeners.delete(told);
          stop();
        };
      },
      onLink: (listener) => client.onLink(listener),
      close: (reason) => client.close(reason),
    };
  }

  /** Packets come in from now on, or no longer. */
  say(roomId: string, producerId: string, flows: boolean): void {
    const streams = [{ ssrc: 1, score: flows ? 10 : 0 }];
    for (const listener of this.#listeners) listener({ roomId, producerId, streams });
  }
}
