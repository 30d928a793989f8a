/** The audit over HTTP, for auditors. It names people as they are called now, and gives the reasons that were asked for. */
import * as z from 'zod/mini';
import type { ChainCheck as Checked } from '../people/audit.ts';
import { NoBody } from '../protocol/http.ts';
import { AuditPage, AuditQuery } from '../protocol/recordings.ts';
import { namesOf } from '../recordings/custody.ts';
import { principalOf, type Route, route } from './route.ts';
import type { HttpServices } from './services.ts';

const ChainCheck = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), rows: z.int(), head: z.string() }),
  /** Number of the first row that does not fit. */
  z.strictObject({ ok: z.literal(false), brokenAt: z.int() }),
]);
/** The whole chain is read again after this time at the earliest, in milliseconds. */
const CHECK_MS = 300_000;
const PAGE = 100;

export function auditRoutes(services: HttpServices): Route[] {
  const { people, recordings } = services;
  const chain = cachedCheck(services);
  return [
    route({
      verb: 'get',
      path: '/api/audit',
      summary: 'Rows of the audit, newest first. Reading is audited too.',
      permission: 'auditor',
      params: NoBody,
      query: AuditQuery,
      body: NoBody,
      answer: AuditPage,
      async handler({ query, ...door }) {
        await people.audit.write({
          action: 'audit.read',
          allowed: true,
          principalId: principalOf(door).principalId,
          details: { address: door.address },
        });
        const rows = await people.audit.list({ ...query, limit: query.limit ?? PAGE });
        const [names, entries, { ok }] = await Promise.all([
          namesOf(
            people.directory,
            rows.map(({ principalId }) => principalId),
          ),
          recordings.reasons.withReasons(rows),
          chain(),
        ]);
        return {
          entries: entries.map((entry) => {
            const name = names.get(entry.principalId);
            return { ...entry, ...(name === undefined ? {} : { name }) };
          }),
          chain: ok ? ('whole' as const) : ('broken' as const),
        };
      },
    }),
    route({
      verb: 'get',
      path: '/api/audit/check',
      summary: 'Whether the chain of the whole audit holds; keep `head` elsewhere to notice a cut end.',
      permission: 'auditor',
      limit: 'secret',
      params: NoBody,
      query: NoBody,
      body: NoBody,
      answer: ChainCheck,
      handler: () => people.audit.check(),
    }),
  ];
}

/** One reading of the chain at a time, and none when the last one is fresh: it reads every row there is. */
function cachedCheck({ people, clock }: HttpServices): () => Promise<Checked> {
  let last: { at: number; result: Promise<Checked> } | undefined;
  return () => {
    if (last && clock.monotonic() - last.at < CHECK_MS) return last.result;
    const result = people.audit.check();
    last = { at: clock.monotonic(), result };
    result.catch(() => {
      last = undefined;
    });
    return result;
  };
}
