/** The link of a recorder to the owners of rooms, and on the same port its internal HTTP. */
import type { RequestListener } from 'node:http';
import type { Logger } from '../platform/log.ts';
import { listenRpc, type WebsocketRpcServer } from '../platform/rpc/websocket-server.ts';
import { RECORDER_TABLE } from '../signaling/protocol/recorder.ts';
import type { Recorder } from './recorder.ts';

export interface RecorderLinkOptions {
  readonly recorder: Recorder;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** What every process of the cluster knows; at least 32 characters. */
  readonly secret: string;
  /** PEM; give it wherever the link leaves the machine. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The internal HTTP, and probes. */
  readonly onRequest?: RequestListener;
  readonly logger: Logger;
}

/** Serves the recorder to every owner that knows the secret; several may be connected at once. */
export function serveRecorder({ recorder, ...options }: RecorderLinkOptions): Promise<WebsocketRpcServer> {
  return listenRpc({ ...options, table: RECORDER_TABLE, service: recorder });
}
