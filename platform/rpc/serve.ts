/** The answering side of one channel: requests to the service, its events to the channel. */
import * as z from 'zod/mini';
import { AppError, toAppError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Logger } from '../log.ts';
import { type Channel, MAX_MESSAGE_BYTES } from './channel.ts';
import { badRequest, parseFrame, unknownMethod } from './frames.ts';
import { isMethodOf, type RpcService, type RpcTable } from './table.ts';

export interface ServeOptions<T extends RpcTable> {
  readonly table: T;
  readonly service: RpcService<T>;
  readonly logger: Logger;
}

/** Serves one proven channel until it closes. Requests start in the order in which they came. */
export function serveChannel<T extends RpcTable>(options: ServeOptions<T>, channel: Channel): void {
  const { service, logger } = options;
  const linkId = newId();
  let open = true;
  const send = (frame: object) => {
    if (open) channel.send(JSON.stringify(frame));
  };
  const stopEvents = service.onEvent((event, data) => send({ type: 'event', event, data }));
  channel.onClose((reason) => {
    open = false;
    stopEvents();
    logger.info({ linkId, reason }, 'control link closed');
    service.linkDown?.(linkId, reason);
  });
  channel.onMessage((text) => {
    const frame = parseFrame(text);
    if (frame === undefined || frame.type !== 'request') return channel.close('not a request');
    void answer(options, linkId, frame.method, frame.params).then((outcome) => {
      send({ ...outcome, id: frame.id });
    });
  });
  logger.info({ linkId }, 'control link open');
  service.linkUp?.(linkId);
}

type Outcome = { type: 'result'; result: unknown } | { type: 'error'; error: unknown };

/** Never rejects: whatever goes wrong is an answer. */
async function answer<T extends RpcTable>(
  options: ServeOptions<T>,
  linkId: string,
  method: string,
  rawParams: unknown,
): Promise<Outcome> {
  try {
    const { table, service } = options;
    if (!isMethodOf(table, method)) throw unknownMethod(method);
    const parser: T['methods'][typeof method]['params'] | undefined = table.methods[method]?.params;
    if (parser === undefined) throw unknownMethod(method);
    const params = z.safeParse<T['methods'][typeof method]['params']>(parser, rawParams);
    if (!params.success) throw badRequest(`The parameters of ${method}`, params.error);
    const result = await service.handle(method, params.data, linkId);
    const bytes = JSON.stringify(result).length;
    if (bytes > MAX_MESSAGE_BYTES) {
      throw new AppError('too-large', `The answer to ${method} is larger than a message may be.`, {
        status: 413,
        whatToDo: 'Ask for less at once.',
        details: { bytes, limit: MAX_MESSAGE_BYTES },
      });
    }
    return { type: 'result', result };
  } catch (error) {
    const coded = toAppError(error);
    if (coded.code === 'internal-error') options.logger.error({ method, error }, 'request failed inside');
    return { type: 'error', error: coded.toWire() };
  }
}
