/** How long recordings are kept: reviewed, legal hold, class, deletion. Each is audited first, with its reason by id. */
import * as z from 'zod/mini';
import { refuse } from '../people/refuse.ts';
import type { Principal } from '../people/types.ts';
import { NoBody } from '../protocol/http.ts';
import { DestroyKeys, LegalHold, RetentionChange } from '../protocol/recordings.ts';
import { Id } from '../protocol/values.ts';
import { keepsRecordings } from '../recordings/access.ts';
import { type Look, lookAsReviewer } from '../recordings/looking.ts';
import { type Route, route, sessionOf } from './route.ts';
import type { HttpServices } from './services.ts';

const common = {
  permission: 'reviewer',
  params: z.strictObject({ id: Id }),
  query: z.strictObject({ visit: Id }),
  answer: NoBody,
} as const;

/** Throws `forbidden` unless the person reviews for the centre, and writes the refusal down. */
async function assertKeeps(
  { recordings }: HttpServices,
  principal: Principal,
  roomId: string,
  action: string,
): Promise<void> {
  if (keepsRecordings(principal)) return;
  const refusal = refuse('forbidden', 'Only reviewers of the centre decide how long recordings are kept.');
  await recordings.refused(principal.principalId, roomId, action, refusal);
  throw refusal;
}

/** Does what the audit says already; when it fails after all, the audit says that, too. */
async function orFailed(
  { recordings }: HttpServices,
  { visit: { visitId }, principal: { principalId } }: Look,
  roomId: string,
  action: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    await recordings.audit.failed({ action, principalId, roomId, details: { visitId } }, error);
    throw error;
  }
}

/** Keeps the reason and writes the audit; throws `store-unavailable` when that fails. */
async function audited(
  { recordings }: HttpServices,
  { visit, principal: { principalId } }: Look,
  roomId: string,
  action: string,
  reason: string | undefined,
  details: Record<string, string> = {},
): Promise<string> {
  const reasonId =
    reason === undefined ? visit.reasonId : await recordings.reasons.keep(roomId, principalId, reason);
  await recordings.audit.write({
    action,
    allowed: true,
    principalId,
    roomId,
    details: { visitId: visit.visitId, reasonId, ...details },
  });
  return reasonId;
}

function reviewedRoute(services: HttpServices): Route {
  const { recordings } = services;
  return route({
    ...common,
    verb: 'post',
    path: '/api/recordings/:id/reviewed',
    summary: 'Marks a recording as reviewed by this person.',
    body: NoBody,
    async handler({ params: { id }, query, ...door }) {
      const found = await lookAsReviewer(recordings, sessionOf(door), id, query.visit);
      await audited(services, found, id, 'recording.reviewed', undefined);
      const { principalId, name } = found.principal;
      await recordings.keeping.reviewed(found.found.row, principalId, name);
      return {};
    },
  });
}

function holdRoutes(services: HttpServices): Route[] {
  const { recordings } = services;
  return [
    route({
      ...common,
      verb: 'post',
      path: '/api/recordings/:id/hold',
      summary: 'Puts a recording under legal hold: nothing of it is deleted until the hold is lifted.',
      body: LegalHold,
      async handler({ params: { id }, query, body: { reason }, ...door }) {
        const found = await lookAsReviewer(recordings, sessionOf(door), id, query.visit);
        await audited(services, found, id, 'recording.hold', reason);
        const { principalId, name } = found.principal;
        const { row } = found.found;
        await orFailed(services, found, id, 'recording.hold', () =>
          recordings.keeping.hold(row, principalId, name, reason),
        );
        return {};
      },
    }),
    route({
      ...common,
      verb: 'delete',
      path: '/api/recordings/:id/hold',
      summary: 'Lifts a legal hold; for reviewers of the centre.',
      body: LegalHold,
      async handler({ params: { id }, query, body: { reason }, ...door }) {
        const found = await lookAsReviewer(recordings, sessionOf(door), id, query.visit);
        await assertKeeps(services, found.principal, id, 'recording.lift-hold');
        await audited(services, found, id, 'recording.lift-hold', reason);
        await recordings.keeping.liftHold(found.found.row);
        return {};
      },
    }),
  ];
}

function retentionRoute(services: HttpServices): Route {
  const { recordings } = services;
  return route({
    ...common,
    verb: 'post',
    path: '/api/recordings/:id/retention',
    summary: 'Changes how long a recording is kept; for reviewers of the centre.',
    body: RetentionChange,
    async handler({ params: { id }, query, body: { retentionClass, reason }, ...door }) {
      const found = await lookAsReviewer(recordings, sessionOf(door), id, query.visit);
      await assertKeeps(services, found.principal, id, 'recording.retention');
      await audited(services, found, id, 'recording.retention', reason, { retentionClass });
      await recordings.keeping.setClass(found.found.row, retentionClass);
      return {};
    },
  });
}

function destroyRoute(services: HttpServices): Route {
  const { recordings } = services;
  return route({
    ...common,
    verb: 'post',
    path: '/api/recordings/:id/destroy',
    summary:
      'Deletes a recording for some purposes, or for all, by destroying their keys; for reviewers of the centre.',
    body: DestroyKeys,
    async handler({ params: { id }, query, body: { purposes, reason }, ...door }) {
      const found = await lookAsReviewer(recordings, sessionOf(door), id, query.visit);
      await assertKeeps(services, found.principal, id, 'recording.destroy');
      const unique = [...new Set(purposes)].sort();
      const details = { purposes: unique.join('/') };
      const reasonId = await audited(services, found, id, 'recording.destroy', reason, details);
      const cause = { byId: found.principal.principalId, reasonId };
      await orFailed(services, found, id, 'recording.destroy', () =>
        recordings.keeping.destroy(id, unique, cause),
      );
      return {};
    },
  });
}

export function keepingRoutes(services: HttpServices): Route[] {
  return [reviewedRoute(services), ...holdRoutes(services), retentionRoute(services), destroyRoute(services)];
}
