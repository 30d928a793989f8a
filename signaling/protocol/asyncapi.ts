/**
 * The AsyncAPI 3.0 description of the live connection, made from the tables that server and clients run on. RTP, ICE
 * and DTLS objects appear as plain objects: mediasoup defines their inside.
 */
import * as z from 'zod/mini';
import { ReadableEntry } from './entry.ts';
import { ERROR_CODES } from './errors.ts';
import { METHODS, Reply, Request } from './methods.ts';
import { NOTIFICATIONS, Notification } from './notifications.ts';

type Json = Record<string, unknown>;

/** JSON Schema of a parser, for what is sent (`input`) or received. */
function schema(parser: z.core.$ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(parser, { unrepresentable: 'any', io: 'input' });
  return rest;
}

/** Builds the document; deterministic, so that the committed copy can be compared. */
export function asyncApi(version: string): Json {
  const requests = Object.entries(METHODS).map(([method, { params, result }]) => [
    method,
    {
      name: method,
      payload: { type: 'object', properties: { method: { const: method }, params: schema(params) } },
      'x-result': schema(result),
    },
  ]);
  const notifications = Object.entries(NOTIFICATIONS).map(([name, data]) => [
    name,
    { name, payload: { type: 'object', properties: { name: { const: name }, data: schema(data) } } },
  ]);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'GoldenHour live connection',
      version,
      description:
        'socket.io events `request` (acknowledged with a Reply) from client to server and `notify` from server to client.',
    },
    channels: {
      request: { address: 'request', messages: Object.fromEntries(requests) },
      notify: { address: 'notify', messages: Object.fromEntries(notifications) },
    },
    operations: {
      request: { action: 'receive', channel: { $ref: '#/channels/request' } },
      notify: { action: 'send', channel: { $ref: '#/channels/notify' } },
    },
    components: {
      schemas: {
        Request: schema(Request),
        Reply: schema(Reply),
        Notification: schema(Notification),
        Entry: schema(ReadableEntry),
        ErrorCode: { enum: [...ERROR_CODES] },
      },
    },
  };
}
