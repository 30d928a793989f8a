/** Signing in and out, by password, invitation and device; who I am. */

import { refuse } from '../people/refuse.ts';
import type { Principal } from '../people/types.ts';
import { ChangePassword, Credentials, EnrolDevice, Me, NoBody, OpenInvite } from '../protocol/http.ts';
import { type Door, principalOf, type Route, route } from './route.ts';
import type { HttpServices } from './services.ts';

/** What the pages may know of a principal. */
function meOf(principal: Principal): Me {
  const { principalId, kind, name, organisationId, organisationName, roles, unitId, roomId } = principal;
  return {
    principalId,
    kind,
    name,
    organisationId,
    organisationName,
    roles: [...roles],
    ...(unitId === undefined ? {} : { unitId }),
    ...(roomId === undefined ? {} : { roomId }),
    mustChangePassword: principal.mustChangePassword,
  };
}

/** A new session replaces the one this browser had: an old cookie must not stay good behind the new one. */
async function endFormer({ people }: HttpServices, door: Door): Promise<void> {
  if (door.session) await people.sessions.end(door.session.sid, 'signed-out');
}

function personRoutes(services: HttpServices): Route[] {
  const { people } = services;
  return [
    route({
      verb: 'post',
      path: '/api/session',
      summary: 'Sign in with name and password.',
      permission: 'anyone',
      limit: 'secret',
      params: NoBody,
      query: NoBody,
      body: Credentials,
      answer: Me,
      async handler(call) {
        const { session, secret } = await people.signIn.withPassword(call.body, call.address);
        await endFormer(services, call);
        call.signedIn(secret);
        return meOf(session.principal);
      },
    }),
    route({
      verb: 'delete',
      path: '/api/session',
      summary: 'Sign out. Works without a session too.',
      permission: 'anyone',
      params: NoBody,
      query: NoBody,
      body: NoBody,
      answer: NoBody,
      async handler(call) {
        await endFormer(services, call);
        call.signedOut();
        return {};
      },
    }),
    route({
      verb: 'get',
      path: '/api/me',
      summary: 'Who is signed in. With 401, `details.device` says that this device can sign in by itself.',
      permission: 'anyone',
      params: NoBody,
      query: NoBody,
      body: NoBody,
      answer: Me,
      handler(call) {
        if (call.session) return meOf(call.session.principal);
        const device = call.deviceCredential !== undefined;
        throw refuse('unauthenticated', 'Sign in first.', { device });
      },
    }),
    route({
      verb: 'post',
      path: '/api/me/password',
      summary: 'Change your password. Your other sessions end.',
      permission: 'signed-in',
      limit: 'secret',
      withOldPassword: true,
      params: NoBody,
      query: NoBody,
      body: ChangePassword,
      answer: NoBody,
      async handler(call) {
        principalOf(call);
        const { session, body } = call;
        if (session) await people.signIn.changePassword(session, body.current, body.next, call.address);
        return {};
      },
    }),
  ];
}

function otherRoutes(services: HttpServices): Route[] {
  const { people } = services;
  return [
    route({
      verb: 'post',
      path: '/api/invites/open',
      summary: 'Open an invitation, once, and enter as its guest.',
      permission: 'anyone',
      limit: 'secret',
      params: NoBody,
      query: NoBody,
      body: OpenInvite,
      answer: Me,
      async handler(call) {
        const { session, secret } = await people.invites.open(call.body.secret, call.address);
        await endFormer(services, call);
        call.signedIn(secret);
        return meOf(session.principal);
      },
    }),
    route({
      verb: 'post',
      path: '/api/units/enrol',
      summary:
        "Enrol this device by a unit's code, once, and sign it in. Six bare digits enrol glasses; after ten wrong tries no such code is good any more, the secret of the QR code is.",
      permission: 'anyone',
      limit: 'secret',
      params: NoBody,
      query: NoBody,
      body: EnrolDevice,
      answer: Me,
      async handler(call) {
        const enrolled = await people.devices.enrol(call.body.code, call.body.name, call.address);
        await endFormer(services, call);
        call.signedIn(enrolled.secret);
        call.enrolled(enrolled.credential);
        return meOf(enrolled.session.principal);
      },
    }),
    route({
      verb: 'post',
      path: '/api/units/session',
      summary: 'Sign an enrolled device in by the credential it holds, as after power-on.',
      permission: 'anyone',
      limit: 'device',
      params: NoBody,
      query: NoBody,
      body: NoBody,
      answer: Me,
      async handler(call) {
        if (call.deviceCredential === undefined)
          throw refuse('unauthenticated', 'This device is not enrolled.');
        const { session, secret, credential } = await people.devices.signIn(call.deviceCredential);
        await endFormer(services, call);
        call.signedIn(secret);
        call.enrolled(credential);
        return meOf(session.principal);
      },
    }),
  ];
}

export function sessionRoutes(services: HttpServices): Route[] {
  return [...personRoutes(services), ...otherRoutes(services)];
}
