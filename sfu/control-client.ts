/**
 * How the owner of rooms reaches a media node, in memory or over a connection. `main.ts` makes these and hands them to
 * signaling, which knows only the contract.
 */
import type { Logger } from '../platform/log.ts';
import { createMemoryRpcServer } from '../platform/rpc/memory.ts';
import type { RpcClient } from '../platform/rpc/table.ts';
import { connectRpc } from '../platform/rpc/websocket-client.ts';
import { CONTROL_TABLE, type ControlClient } from '../signaling/protocol/control.ts';
import type { MediaNode } from './media-node.ts';

type ControlRpc = RpcClient<typeof CONTROL_TABLE>;

/** The control link of `--role all`: the node lives in this process. Closing the client ends the link, not the node. */
export function connectInMemory(node: MediaNode, logger: Logger): ControlClient {
  const server = createMemoryRpcServer({ table: CONTROL_TABLE, service: node, logger });
  return controlClient(node.nodeId, server.connect({ logger, label: `media node ${node.nodeId}` }));
}

export interface ConnectControlOptions {
  readonly nodeId: string;
  /** `ws://host:port` or `wss://host:port` of the node's control server. */
  readonly url: string;
  /** What every process of the cluster knows. */
  readonly secret: string;
  /** PEM of the authority behind the server's certificate, where it is not a public one. */
  readonly ca?: string;
  readonly logger: Logger;
}

/** The control link to a node in another process; it connects by itself, and again after each loss. */
export function connectControl({ nodeId, ...options }: ConnectControlOptions): ControlClient {
  return controlClient(
    nodeId,
    connectRpc({ ...options, table: CONTROL_TABLE, label: `media node ${nodeId}` }),
  );
}

function controlClient(nodeId: string, rpc: ControlRpc): ControlClient {
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
