/** What takes long on a recording: verifying, exporting, and adding files from elsewhere. Recorders do the work. */
import * as z from 'zod/mini';
import { newId } from '../../platform/ids.ts';
import { NoBody } from '../protocol/http.ts';
import { type JobRequest, RecordingHead } from '../protocol/recorder-http.ts';
import { ExportRequest, Job, MAX_PIECE_BYTES, SupplementStart, UploadOffer } from '../protocol/recordings.ts';
import { Id } from '../protocol/values.ts';
import { custodyOf } from '../recordings/custody.ts';
import { exportDrawn } from '../recordings/export-drawn.ts';
import { exportLabels, exportMarks } from '../recordings/export-words.ts';
import { headersFor } from '../recordings/handing.ts';
import { type Look, lookAsReviewer, nodeOf, summaryOfFound } from '../recordings/looking.ts';
import { ByteAnswer, byteRoute, type Route, route, sessionOf, uploadRoute } from './route.ts';
import type { HttpServices } from './services.ts';

const common = {
  permission: 'reviewer',
  params: z.strictObject({ id: Id }),
  query: z.strictObject({ visit: Id }),
} as const;
const jobParams = z.strictObject({ id: Id, jobId: Id });
const supplementParams = z.strictObject({ id: Id, supplementId: Id });
const Offset = z.coerce.number().check(z.int(), z.gte(0));
/** The last piece is answered when the whole file has been checked, encrypted and signed; milliseconds. */
const FINISH_MS = 120_000;

/** Writes down that a reviewer does this, with the reason of the visit unless there is one of its own. */
async function audited(
  { recordings }: HttpServices,
  { visit, principal: { principalId } }: Look,
  roomId: string,
  action: string,
  details: Record<string, string | number>,
): Promise<void> {
  const given = { visitId: visit.visitId, purpose: visit.purpose, reasonId: visit.reasonId };
  await recordings.audit.write({
    action,
    allowed: true,
    principalId,
    roomId,
    details: { ...given, ...details },
  });
}

function verifyRoute(services: HttpServices): Route {
  const { recordings } = services;
  return route({
    ...common,
    verb: 'post',
    path: '/api/recordings/:id/verify',
    summary: 'Verifies every file of a recording against its seal; ask for the job until it is done.',
    body: NoBody,
    answer: Job,
    async handler({ params: { id }, query, ...door }) {
      const found = await lookAsReviewer(recordings, sessionOf(door), id, query.visit);
      const jobId = newId();
      await audited(services, found, id, 'recording.verify', { jobId });
      const json: JobRequest = { jobId, kind: 'verify' };
      return recordings.recorders.json(nodeOf(found.found), `/recordings/${id}/jobs`, Job, {
        method: 'POST',
        json,
      });
    },
  });
}

function exportRoute(services: HttpServices): Route {
  const { recordings, people } = services;
  return route({
    ...common,
    verb: 'post',
    path: '/api/recordings/:id/exports',
    summary: 'Makes one film of chosen tracks and time, with the originals and their proofs.',
    body: ExportRequest,
    answer: Job,
    async handler({ params: { id }, query, body: request, ...door }) {
      const found = await lookAsReviewer(recordings, sessionOf(door), id, query.visit);
      const { principal, visit } = found;
      const jobId = newId();
      const reasonId = await recordings.reasons.keep(id, principal.principalId, request.reason);
      const range = `${Math.floor(request.from)}-${Math.ceil(request.to)}`;
      const { trackIds } = request;
      await audited(services, found, id, 'recording.export', {
        jobId,
        reasonId,
        range,
        tracks: trackIds.length,
        blanked: request.blank.length,
      });
      for (const trackId of trackIds) {
        const piece = { trackId, range: { from: request.from, to: request.to } };
        await recordings.looks.handOut(visit, id, principal.principalId, piece);
      }
      const nodeId = nodeOf(found.found);
      const [head, log, custody] = await Promise.all([
        recordings.recorders.json(nodeId, `/recordings/${id}`, RecordingHead),
        recordings.logs.read(id),
        custodyOf(people.audit, people.directory, id),
      ]);
      const json: JobRequest = {
        jobId,
        kind: 'export',
        request,
        purpose: visit.purpose,
        by: principal.name,
        title: summaryOfFound(recordings, found.found).title,
        labels: exportLabels(head.tracks, log.entries),
        marks: exportMarks(log.entries, request),
        drawn: exportDrawn(log.entries, request),
        custody,
      };
      return recordings.recorders.json(nodeId, `/recordings/${id}/jobs`, Job, { method: 'POST', json });
    },
  });
}

function jobRoutes(services: HttpServices): Route[] {
  const { recordings } = services;
  return [
    route({
      ...common,
      verb: 'get',
      path: '/api/recordings/:id/jobs/:jobId',
      summary: 'How far a job is.',
      params: jobParams,
      body: NoBody,
      answer: Job,
      async handler({ params: { id, jobId }, query, ...door }) {
        const { found } = await lookAsReviewer(recordings, sessionOf(door), id, query.visit);
        return recordings.recorders.json(nodeOf(found), `/recordings/${id}/jobs/${jobId}`, Job);
      },
    }),
    byteRoute({
      ...common,
      path: '/api/recordings/:id/jobs/:jobId/file',
      summary: 'The result of an export as one file.',
      params: jobParams,
      async handler({ params: { id, jobId }, query, range, ...door }) {
        const session = sessionOf(door);
        const found = await lookAsReviewer(recordings, session, id, query.visit);
        const response = await recordings.recorders.stream(
          nodeOf(found.found),
          `/recordings/${id}/jobs/${jobId}/file`,
          range === undefined ? {} : { headers: { range } },
        );
        try {
          await audited(services, found, id, 'recording.download', { jobId });
        } catch (error) {
          response.destroy();
          throw error;
        }
        const headers = headersFor(response.headers, `recording-${id}.zip`);
        return new ByteAnswer(response.statusCode ?? 200, headers, response);
      },
    }),
  ];
}

function supplementRoutes(services: HttpServices): Route[] {
  const { recordings } = services;
  return [
    route({
      ...common,
      verb: 'post',
      path: '/api/recordings/:id/supplements',
      summary: 'Announces a file from elsewhere; its reason is that of the visit.',
      body: SupplementStart,
      answer: UploadOffer,
      async handler({ params: { id }, query, body, ...door }) {
        const found = await lookAsReviewer(recordings, sessionOf(door), id, query.visit);
        const { supplementId, kind, bytes, sha256 } = body;
        await audited(services, found, id, 'recording.supplement', { supplementId, kind, bytes, sha256 });
        // The record of a supplement is not encrypted: it names the reason as the audit does, by its id.
        const { reasonId: reason } = found.visit;
        return recordings.recorders.json(nodeOf(found.found), `/recordings/${id}/supplements`, UploadOffer, {
          method: 'POST',
          json: { ...body, addedBy: found.principal.principalId, reason },
        });
      },
    }),
    route({
      ...common,
      verb: 'get',
      path: '/api/recordings/:id/supplements/:supplementId',
      summary: 'Where to go on with a file from elsewhere.',
      params: supplementParams,
      body: NoBody,
      answer: UploadOffer,
      async handler({ params: { id, supplementId }, query, ...door }) {
        const { found } = await lookAsReviewer(recordings, sessionOf(door), id, query.visit);
        const path = `/recordings/${id}/supplements/${supplementId}`;
        return recordings.recorders.json(nodeOf(found), path, UploadOffer);
      },
    }),
    uploadRoute({
      ...common,
      path: '/api/recordings/:id/supplements/:supplementId',
      summary: 'Bytes of a file from elsewhere from an offset on.',
      params: supplementParams,
      query: z.strictObject({ visit: Id, offset: Offset }),
      maxBytes: MAX_PIECE_BYTES,
      answer: UploadOffer,
      async handler({ params: { id, supplementId }, query: { visit, offset }, body, ...door }) {
        const { found } = await lookAsReviewer(recordings, sessionOf(door), id, visit);
        const path = `/recordings/${id}/supplements/${supplementId}?offset=${offset}`;
        return recordings.recorders.json(nodeOf(found), path, UploadOffer, {
          method: 'PATCH',
          bytes: body,
          answerMs: FINISH_MS,
        });
      },
    }),
  ];
}

export function recordingWorkRoutes(services: HttpServices): Route[] {
  return [
    verifyRoute(services),
    exportRoute(services),
    ...jobRoutes(services),
    ...supplementRoutes(services),
  ];
}
