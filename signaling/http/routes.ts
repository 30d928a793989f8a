/** The route table: every door of the HTTP interface, in the order of the documentation. */
import * as z from 'zod/mini';
import { Photos } from '../bystander/photos.ts';
import { SharedPictures } from '../pictures/shared.ts';
import { NoBody } from '../protocol/http.ts';
import { openApi } from './openapi.ts';
import { type Route, route } from './route.ts';
import { adminRoutes } from './routes-admin.ts';
import { auditRoutes } from './routes-audit.ts';
import { cprRoutes } from './routes-cpr.ts';
import { dispatchRoutes } from './routes-dispatch.ts';
import { fillRoutes } from './routes-fills.ts';
import { guidanceRoutes } from './routes-guidance.ts';
import { measureRoutes } from './routes-measure.ts';
import { photoReadRoutes } from './routes-photos.ts';
import { pictureRoutes } from './routes-pictures.ts';
import { recordingRoutes } from './routes-recordings.ts';
import { keepingRoutes } from './routes-recordings-keep.ts';
import { recordingWorkRoutes } from './routes-recordings-work.ts';
import { roomRoutes } from './routes-rooms.ts';
import { serviceRoutes } from './routes-service.ts';
import { sessionRoutes } from './routes-session.ts';
import { smsRoutes } from './routes-sms.ts';
import { unitRoutes } from './routes-units.ts';
import type { HttpServices } from './services.ts';

export function routeTable(services: HttpServices): readonly Route[] {
  const routes: Route[] = [
    ...serviceRoutes(services),
    ...sessionRoutes(services),
    ...roomRoutes(services),
    ...adminRoutes(services),
    ...unitRoutes(services),
    ...recordingRoutes(services),
    ...recordingWorkRoutes(services),
    ...keepingRoutes(services),
    ...fillRoutes(services),
    ...auditRoutes(services),
    ...guidanceRoutes(services),
    ...cprRoutes(services),
    ...measureRoutes(services),
    ...smsRoutes(services),
    ...dispatchRoutes(services),
    ...photoReadRoutes({
      photos: new Photos({ ...services, audit: services.people.audit }),
    }),
    ...pictureRoutes(new SharedPictures({ ...services, audit: services.people.audit })),
  ];
  const version = services.config().version;
  routes.push(
    route({
      verb: 'get',
      path: '/api/openapi.json',
      summary: 'This document.',
      permission: 'anyone',
      params: NoBody,
      query: NoBody,
      body: NoBody,
      answer: z.unknown(),
      handler: () => openApi(routes, version),
    }),
  );
  return routes;
}

/** Addresses that open the pages: all of them are one page that reads the rest of the address itself. */
export const PAGE_PATHS = [
  '/',
  '/sign-in',
  '/rooms',
  '/unit',
  '/glasses',
  '/enrol',
  '/join',
  '/trust',
  '/ambulance{/:roomId}',
  '/consult{/:roomId}',
  '/dispatch{/:roomId}',
  '/review{/:recordingId}',
  '/audit',
] as const;
