/** `/healthz`, `/readyz` and `/metrics` of a media node that runs as a process of its own, on its control port. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { MediaNode } from '../../sfu/media-node.ts';
import { isOperator, type MetricsAccess } from '../../signaling/http/operator.ts';

export interface NodeStatusParts {
  readonly node: Pick<MediaNode, 'workers'>;
  readonly registry: Pick<Registry, 'metrics' | 'contentType'>;
  readonly metrics: MetricsAccess;
  readonly logger: Logger;
}

/** Answers the three addresses in the form the signaling side does, and 426 to everything else, which only speaks the link. */
export function nodeStatus(parts: NodeStatusParts): RequestListener {
  return (request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      parts.logger.warn({ reason: messageOf(error) }, 'a probe could not be answered');
      response.writeHead(500, { connection: 'close' }).end();
    });
  };
}

async function answer(
  { node, registry, metrics }: NodeStatusParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const path = reads ? request.url?.split('?')[0] : undefined;
  switch (path) {
    case '/healthz':
      return json(response, 200, { status: 'ok' });
    case '/readyz': {
      const ready = node.workers.length > 0;
      return json(response, ready ? 200 : 503, { ready, checks: { workers: ready ? 'ok' : 'failed' } });
    }
    case '/metrics': {
      if (!isOperator(request, request.socket.remoteAddress ?? '', metrics)) {
        return json(response, 403, { code: 'forbidden', message: 'Metrics are for the operator.' });
      }
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType, connection: 'close' }).end(text);
      return;
    }
    default:
      response.writeHead(426, { connection: 'close' }).end();
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
