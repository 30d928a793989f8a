/** How the owner of rooms reaches a recorder. `main.ts` makes these and hands them to signaling, which knows only the contract. */
import type { Logger } from '../platform/log.ts';
import { connectRpc } from '../platform/rpc/websocket-client.ts';
import { RECORDER_TABLE, type RecorderClient } from '../signaling/protocol/recorder.ts';

export interface ConnectRecorderOptions {
  /** The media node on whose host the recorder runs. */
  readonly nodeId: string;
  /** `ws://host:port` or `wss://host:port`; a function is asked at each attempt and may wait until there is one. */
  readonly url: string | ((signal: AbortSignal) => Promise<string>);
  /** What every process of the cluster knows. */
  readonly secret: string;
  /** PEM of the authority behind the recorder's certificate, where it is not a public one. */
  readonly ca?: string;
  readonly logger: Logger;
}

/** A link that connects by itself, and again after each loss. Closing it ends the link, not the recorder. */
export function connectRecorder({ nodeId, ...options }: ConnectRecorderOptions): RecorderClient {
  const rpc = connectRpc({ ...options, table: RECORDER_TABLE, label: `recorder of ${nodeId}` });
  return {
    nodeId,
    get connected() {
      return rpc.connected;
    },
    request: (method, params, deadlineMs) => rpc.request(method, params, deadlineMs),
    on: (event, listener) => rpc.on(event, listener),
    onLink: (listener) => rpc.onLink(listener),
    close: (reason) => rpc.close(reason),
  };
}
