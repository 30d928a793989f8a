/** Recordings over HTTP: finding them, saying why one is opened, and looking at it (protocol/recordings.ts). */
import * as z from 'zod/mini';
import { refuse } from '../people/refuse.ts';
import { ReadableEntry } from '../protocol/entry.ts';
import { NoBody } from '../protocol/http.ts';
import { PackagePath } from '../protocol/manifest.ts';
import { MAX_WINDOW_MS, RecordingHead } from '../protocol/recorder-http.ts';
import {
  OpenVisit,
  RecordingList,
  RecordingQuery,
  RecordingView,
  SeekReport,
  SegmentList,
  SegmentQuery,
  Visit,
} from '../protocol/recordings.ts';
import { Id } from '../protocol/values.ts';
import { assertBasis } from '../recordings/basis.ts';
import { headersFor, pieceOf } from '../recordings/handing.ts';
import { admit, look, nodeOf, summaryOfFound } from '../recordings/looking.ts';
import { summaryOf } from '../recordings/rows.ts';
import { searchRecordings, unitsOf } from '../recordings/search.ts';
import { deletionsOf } from '../recordings/tombstones.ts';
import { readable, viewOf } from '../recordings/view.ts';
import { ByteAnswer, byteRoute, type Route, route, sessionOf } from './route.ts';
import type { HttpServices } from './services.ts';

const params = z.strictObject({ id: Id });
const VisitQuery = z.strictObject({ visit: Id });
/** Entries in one answer: a page asks again from the last number it has. */
const ENTRIES_MAX = 5000;

function searchRoute({ recordings, people }: HttpServices): Route {
  return route({
    verb: 'get',
    path: '/api/recordings',
    summary: 'Recordings that this reviewer may look at, newest first. Searching is audited.',
    permission: 'reviewer',
    params: NoBody,
    query: RecordingQuery,
    body: NoBody,
    answer: RecordingList,
    async handler({ query, ...door }) {
      const { principal } = sessionOf(door);
      await recordings.audit.write({
        action: 'recording.search',
        allowed: true,
        principalId: principal.principalId,
        details: { conditions: Object.keys(query).join('/') || 'none' },
      });
      const { db, keyring, days, clock } = recordings;
      const { rows, before } = await searchRecordings(db, keyring, principal, query);
      const units = await unitsOf(
        db,
        rows.map(({ room_id }) => room_id),
      );
      const { reasons } = recordings;
      const deletions = await deletionsOf({ db, reasons, directory: people.directory }, principal, rows);
      const parts = { keyring, days, now: clock.now() };
      return {
        recordings: rows.map((row) => {
          const deletion = deletions.get(row.room_id);
          const summary = summaryOf(parts, row, units.get(row.room_id) ?? []);
          return { ...summary, ...(deletion === undefined ? {} : { deletion }) };
        }),
        ...(before === undefined ? {} : { before }),
      };
    },
  });
}

function visitRoute({ recordings }: HttpServices): Route {
  return route({
    verb: 'post',
    path: '/api/recordings/:id/visits',
    summary: 'Opens a recording for a purpose and a reason; the visit lasts eight hours in this session.',
    permission: 'signed-in',
    params,
    query: NoBody,
    body: OpenVisit,
    answer: Visit,
    async handler({ params: { id }, body, ...door }) {
      const session = sessionOf(door);
      try {
        const { reader, found } = await admit(recordings, session.principal, id);
        await assertBasis(recordings.logs, found.row, body.purpose);
        return await recordings.visits.open(id, session, body, reader.as);
      } catch (error) {
        await recordings.refused(session.principal.principalId, id, 'recording.open', error);
        throw error;
      }
    },
  });
}

function viewRoute({ recordings }: HttpServices): Route {
  return route({
    verb: 'get',
    path: '/api/recordings/:id',
    summary: 'Tracks, marks and seal of a recording, without segments.',
    permission: 'signed-in',
    params,
    query: VisitQuery,
    body: NoBody,
    answer: RecordingView,
    async handler({ params: { id }, query, ...door }) {
      const { found, visit, principal, reader } = await look(recordings, sessionOf(door), id, query.visit);
      const [head, log] = await Promise.all([
        recordings.recorders.json(nodeOf(found), `/recordings/${id}`, RecordingHead),
        recordings.logs.read(id),
      ]);
      await recordings.looks.handOut(visit, id, principal.principalId, { what: 'view' });
      return viewOf(summaryOfFound(recordings, found), head, log, reader);
    },
  });
}

function segmentsRoute({ recordings }: HttpServices): Route {
  return route({
    verb: 'get',
    path: '/api/recordings/:id/tracks/:trackId/segments',
    summary: 'Segments and gaps of a track in a window of at most ten minutes.',
    permission: 'signed-in',
    limit: 'media',
    params: z.strictObject({ id: Id, trackId: Id }),
    query: SegmentQuery,
    body: NoBody,
    answer: SegmentList,
    async handler({ params: { id, trackId }, query: { visit: visitId, from, to }, ...door }) {
      if (to < from || to - from > MAX_WINDOW_MS) {
        throw refuse('bad-request', 'Ask for at most ten minutes, from before to.', { fields: ['to'] });
      }
      const { found, visit, principal } = await look(recordings, sessionOf(door), id, visitId);
      const path = `/recordings/${id}/tracks/${trackId}/segments?from=${from}&to=${to}`;
      const segments = await recordings.recorders.json(nodeOf(found), path, SegmentList);
      const range = { from, to };
      await recordings.looks.handOut(visit, id, principal.principalId, { trackId, range });
      return segments;
    },
  });
}

function fileRoute({ recordings }: HttpServices): Route {
  return byteRoute({
    path: '/api/recordings/:id/files/*path',
    summary: 'The plain bytes of a file that the manifest names; ranges are answered (RFC 9110 section 14).',
    permission: 'signed-in',
    limit: 'media',
    params: z.strictObject({ id: Id, path: PackagePath }),
    query: VisitQuery,
    async handler({ params: { id, path }, query, range, ...door }) {
      const session = sessionOf(door);
      const { found, visit, principal } = await look(recordings, session, id, query.visit);
      const response = await recordings.recorders.stream(
        nodeOf(found),
        `/recordings/${id}/files/${path}?purpose=${visit.purpose}`,
        range === undefined ? {} : { headers: { range } },
      );
      try {
        const piece = pieceOf(path, response.headers);
        await recordings.looks.handOut(visit, id, principal.principalId, piece);
      } catch (error) {
        response.destroy();
        throw error;
      }
      return new ByteAnswer(response.statusCode ?? 200, headersFor(response.headers), response);
    },
  });
}

function entriesRoute({ recordings }: HttpServices): Route {
  return route({
    verb: 'get',
    path: '/api/recordings/:id/entries',
    summary: `The room's log as this reader may read it, at most ${ENTRIES_MAX} entries behind \`since\`.`,
    permission: 'signed-in',
    params,
    query: z.strictObject({
      visit: Id,
      since: z.optional(z.coerce.number().check(z.int(), z.gte(0))),
    }),
    body: NoBody,
    answer: z.strictObject({ entries: z.array(ReadableEntry) }),
    async handler({ params: { id }, query: { visit: visitId, since = 0 }, ...door }) {
      const { visit, principal, reader } = await look(recordings, sessionOf(door), id, visitId);
      const { entries } = await recordings.logs.read(id);
      await recordings.looks.handOut(visit, id, principal.principalId, { what: 'log' });
      const some = entries.slice(since, since + ENTRIES_MAX);
      return { entries: some.map((entry) => readable(reader, entry)) };
    },
  });
}

function seeksRoute({ recordings }: HttpServices): Route {
  return route({
    verb: 'post',
    path: '/api/recordings/:id/seeks',
    summary: 'Which ranges of room time were looked at, for the audit.',
    permission: 'signed-in',
    params,
    query: z.strictObject({ visit: z.optional(Id) }),
    body: SeekReport,
    answer: NoBody,
    async handler({ params: { id }, body, ...door }) {
      const { visit, principal } = await look(recordings, sessionOf(door), id, body.visit);
      await recordings.looks.seen(visit, id, principal.principalId, body.ranges);
      return {};
    },
  });
}

export function recordingRoutes(services: HttpServices): Route[] {
  return [
    searchRoute(services),
    visitRoute(services),
    viewRoute(services),
    segmentsRoute(services),
    fileRoute(services),
    entriesRoute(services),
    seeksRoute(services),
  ];
}
