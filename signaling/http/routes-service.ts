/** What pages, probes and monitoring ask before or without anybody signing in. */
import * as z from 'zod/mini';
import { withDeadline } from '../../platform/deadline.ts';
import { refuse } from '../people/refuse.ts';
import { asyncApi } from '../protocol/asyncapi.ts';
import { NoBody, PublicConfig } from '../protocol/http.ts';
import { type Route, route } from './route.ts';
import type { HttpServices } from './services.ts';

/** Load balancers ask every few seconds and wait about as long. */
const CHECK_MS = 2000;
const Readiness = z.strictObject({
  ready: z.boolean(),
  checks: z.record(z.string(), z.enum(['ok', 'failed'])),
});
const open = { permission: 'anyone', params: NoBody, query: NoBody, body: NoBody } as const;

function probeRoutes(services: HttpServices): Route[] {
  return [
    route({
      ...open,
      verb: 'get',
      path: '/healthz',
      summary: 'Whether this process runs at all; it says nothing about others.',
      answer: z.strictObject({ status: z.literal('ok') }),
      handler: () => ({ status: 'ok' as const }),
    }),
    route({
      ...open,
      verb: 'get',
      path: '/readyz',
      summary:
        'Whether this process can do its work: 200, or 503 with the names of the checks that failed. A recorder that is away is named and changes nothing.',
      answer: Readiness,
      async handler(call) {
        const { readiness, notices = {}, log } = services;
        const [checks, others] = await Promise.all([runChecks(readiness, log), runChecks(notices, log)]);
        const ready = Object.values(checks).every((result) => result === 'ok');
        if (!ready) call.status(503);
        return { ready, checks: { ...checks, ...others } };
      },
    }),
    route({
      ...open,
      permission: 'operator',
      verb: 'get',
      path: '/metrics',
      summary: 'Metrics in the Prometheus text format; from this machine, named addresses, or with a token.',
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      answer: z.string(),
      handler: () => services.registry.metrics(),
    }),
  ];
}

export function serviceRoutes(services: HttpServices): Route[] {
  return [
    route({
      ...open,
      verb: 'get',
      path: '/api/config',
      summary: 'What the pages need before anybody signs in.',
      answer: PublicConfig,
      handler: () => services.config(),
    }),
    route({
      ...open,
      verb: 'get',
      path: '/ca.crt',
      summary: "The local authority's certificate, for devices to install; 404 when none is in use.",
      contentType: 'application/x-x509-ca-cert',
      answer: z.string(),
      handler() {
        const authority = services.authority();
        if (authority === undefined) throw refuse('not-found', 'No local authority is in use.');
        return authority;
      },
    }),
    route({
      ...open,
      verb: 'get',
      path: '/api/asyncapi.json',
      summary: 'The live connection as AsyncAPI: every method, notification and error code.',
      answer: z.unknown(),
      handler: () => asyncApi(services.config().version),
    }),
    ...probeRoutes(services),
  ];
}

async function runChecks(
  named: NonNullable<HttpServices['notices']>,
  log: HttpServices['log'],
): Promise<Record<string, 'ok' | 'failed'>> {
  const results = await Promise.all(
    Object.entries(named).map(async ([name, check]) => {
      try {
        await withDeadline(check(), CHECK_MS, `the check ${name}`);
        return [name, 'ok'] as const;
      } catch (error) {
        log.warn({ error, check: name }, 'not ready');
        return [name, 'failed'] as const;
      }
    }),
  );
  return Object.fromEntries(results);
}
