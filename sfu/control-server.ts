/** The control link of a media node that runs as a process of its own (`--role sfu`). */
import type { RequestListener } from 'node:http';
import type { Logger } from '../platform/log.ts';
import { listenRpc, type WebsocketRpcServer } from '../platform/rpc/websocket-server.ts';
import { CONTROL_TABLE } from '../signaling/protocol/control.ts';
import type { MediaNode } from './media-node.ts';

export interface ControlServerOptions {
  readonly node: MediaNode;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** What every process of the cluster knows; at least 32 characters. */
  readonly secret: string;
  /** PEM; give it wherever the link leaves the machine. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Answers plain requests on the same port, such as probes. */
  readonly onRequest?: RequestListener;
  readonly logger: Logger;
}

/** Serves the node to every owner that knows the secret; several may be connected at once. */
export function serveControl({ node, ...options }: ControlServerOptions): Promise<WebsocketRpcServer> {
  return listenRpc({ ...options, table: CONTROL_TABLE, service: node });
}
