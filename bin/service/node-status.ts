/** `/healthz`, `/readyz` and `/metrics` of a process that serves a link, on the port of that link. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { MediaNode } from '../../sfu/media-node.ts';
import { isOperator, type MetricsAccess } from '../../signaling/http/operator.ts';

export interface StatusParts {
  /** Names of checks and whether they hold; all must for `/readyz` to answer 200. */
  readonly checks: () => Readonly<Record<string, boolean>>;
  readonly registry: Pick<Registry, 'metrics' | 'contentType'>;
  readonly metrics: MetricsAccess;
  readonly logger: Logger;
  /** Answers every other address; 426 for each unless given, since the port only speaks the link. */
  readonly otherwise?: RequestListener;
}

/** Answers the three addresses in the form the signaling side does. */
export function processStatus(parts: StatusParts): RequestListener {
  return (request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      parts.logger.warn({ reason: messageOf(error) }, 'a probe could not be answered');
      response.writeHead(500, { connection: 'close' }).end();
    });
  };
}

export interface NodeStatusParts extends Omit<StatusParts, 'checks'> {
  readonly node: Pick<MediaNode, 'workers'>;
}

/** That of a media node, which is ready while it has workers. */
export function nodeStatus({ node, ...parts }: NodeStatusParts): RequestListener {
  return processStatus({ ...parts, checks: () => ({ workers: node.workers.length > 0 }) });
}

async function answer(
  { checks, registry, metrics, otherwise }: StatusParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const path = reads ? request.url?.split('?')[0] : undefined;
  switch (path) {
    case '/healthz':
      return json(response, 200, { status: 'ok' });
    case '/readyz': {
      const found = Object.entries(checks());
      const ready = found.every(([, holds]) => holds);
      const results = Object.fromEntries(found.map(([name, holds]) => [name, holds ? 'ok' : 'failed']));
      return json(response, ready ? 200 : 503, { ready, checks: results });
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
      if (otherwise) return otherwise(request, response);
      response.writeHead(426, { connection: 'close' }).end();
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
