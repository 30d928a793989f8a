/** OpenAPI 3.1 of the route table; its schemas are JSON Schema 2020-12, which zod writes. */
import * as z from 'zod/mini';
import { WireError } from '../protocol/errors.ts';
import type { Permission, Route } from './route.ts';

type Json = Record<string, unknown>;
const Properties = z.looseObject({
  properties: z.optional(z.record(z.string(), z.unknown())),
  required: z.optional(z.array(z.string())),
});

const NEEDS: Readonly<Record<Permission, string>> = {
  anyone: 'Open to anyone.',
  'signed-in': 'Needs a session.',
  staff: 'Needs the session of a person with an account.',
  admin: 'Needs the role admin.',
  auditor: 'Needs the role auditor.',
  reviewer: 'Needs the role reviewer.',
  operator: 'From this machine, an address or with a bearer token that the operator named.',
  link: 'Needs the session of a guest of a link.',
  service: 'Needs the key of a service as bearer token.',
  signed: 'Needs a signature in headers that the operator named.',
};

const OCTETS = 'application/octet-stream';
const BYTES = { [OCTETS]: { schema: { type: 'string', format: 'binary' } } };
/** Makes a request of a machine repeatable as the same wish (draft-ietf-httpapi-idempotency-key-header). */
const IDEMPOTENCY_KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string' },
};
/** Bytes and not JSON, so it stands beside the table (precheck.ts). */
const PRECHECK: Json = {
  get: {
    operationId: 'getApiPrecheck',
    summary: 'Bytes that cannot be compressed, to measure the link downwards; at most 4 MiB.',
    description: NEEDS['signed-in'],
    security: security('signed-in'),
    parameters: [
      {
        name: 'bytes',
        in: 'query',
        required: true,
        schema: { type: 'integer', minimum: 0, maximum: 4_194_304 },
      },
    ],
    responses: { 200: { description: 'Done.', content: BYTES } },
  },
  post: {
    operationId: 'postApiPrecheck',
    summary: 'Takes bytes, to measure the link upwards; at most 4 MiB.',
    description: NEEDS['signed-in'],
    security: security('signed-in'),
    requestBody: { required: true, content: BYTES },
    responses: { 200: { description: 'Done; says how many came.' } },
  },
};

export function openApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = { '/api/precheck': PRECHECK };
  for (const route of routes) {
    const path = openApiPath(route.path);
    paths[path] = { ...paths[path], [route.verb]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'GoldenHour',
      version,
      description:
        'Requests that change something carry `Origin` with an origin of this service, except those of machines, by a key or a signature. Every error is `Error`.',
    },
    paths,
    components: {
      schemas: { Error: schemaOf(WireError, 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-goldenhour' },
        operator: { type: 'http', scheme: 'bearer' },
        service: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

/** `/api/rooms/:roomId/token` is `/api/rooms/{roomId}/token` there, and `*path` is `{path}`. */
export function openApiPath(path: string): string {
  return path.replaceAll(/[:*]([A-Za-z]+)/g, '{$1}');
}

function operation(route: Route): Json {
  const { params, query, body, answer } = route.schemas;
  const hasBody = Object.keys(Properties.parse(schemaOf(body, 'input')).properties ?? {}).length > 0;
  return {
    operationId: `${route.verb}${route.path.replaceAll(/[^A-Za-z]+(.)?/g, (_, letter) => String(letter ?? '').toUpperCase())}`,
    summary: route.summary,
    description: NEEDS[route.permission],
    security: security(route.permission),
    parameters: [
      ...parameters(params, 'path'),
      ...parameters(query, 'query'),
      ...(route.permission === 'service' ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(route.bytesTaken === undefined ? {} : { requestBody: { required: true, content: BYTES } }),
    ...(hasBody && route.bytesTaken === undefined
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input') } },
          },
        }
      : {}),
    responses: {
      200: {
        description: 'Done.',
        content:
          route.contentType === OCTETS
            ? BYTES
            : { [route.contentType ?? 'application/json']: { schema: schemaOf(answer, 'output') } },
      },
      default: {
        description: 'Refused; `code` says why, `message` what to do.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function security(permission: Permission): Json[] {
  // A signature in headers is no scheme that OpenAPI knows; the description names it.
  if (permission === 'anyone' || permission === 'signed') return [];
  if (permission === 'service') return [{ service: [] }];
  return permission === 'operator' ? [{ operator: [] }, {}] : [{ session: [] }];
}

function parameters(schema: z.ZodMiniType, where: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = Properties.parse(schemaOf(schema, 'input'));
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: value,
  }));
}

function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
