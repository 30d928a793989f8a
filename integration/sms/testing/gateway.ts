/** An HTTP gateway for tests: it keeps what it is sent, and answers as told. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Posted {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
export type Answer =
  | { readonly status: number; readonly body: unknown }
  /** Takes the request and says nothing, or breaks the connection. */
  | 'silence'
  | 'drop';

export interface TestGateway {
  readonly url: string;
  readonly port: number;
  readonly posted: Posted[];
  /** Answers of the next requests; then the usual one. */
  readonly answers: Answer[];
  close(): Promise<void>;
}

/**
 * @param usual what is answered unless told otherwise
 * @param after called behind each answer, such as to send a report
 */
export async function startGateway(
  usual: (posted: Posted) => Answer,
  options: { readonly port?: number; readonly after?: (posted: Posted) => void } = {},
): Promise<TestGateway> {
  const posted: Posted[] = [];
  const answers: Answer[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { url = '', method = '', headers } = request;
    const taken = { url, method, headers, body: await text(request) };
    posted.push(taken);
    const answer = answers.shift() ?? usual(taken);
    if (answer === 'drop') response.destroy();
    if (typeof answer === 'string') return;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    options.after?.(taken);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/sms/send`,
    ...{ port, posted, answers },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
