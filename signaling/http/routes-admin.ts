/** Administration of people and organisations, and reading the audit. Each change is audited before it is answered. */
import * as z from 'zod/mini';
import { NewPassword, NoBody, Organisation, OrganisationKind } from '../protocol/http.ts';
import { Role } from '../protocol/roles.ts';
import { Id, Label } from '../protocol/values.ts';
import { type Door, principalOf, type Route, route } from './route.ts';
import type { HttpServices } from './services.ts';

const Roles = z.array(Role).check(z.minLength(1), z.maxLength(16));
const Username = z.string().check(z.trim(), z.regex(/^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u));
const personParams = z.strictObject({ principalId: Id });
const Person = z.strictObject({
  principalId: Id,
  username: z.string(),
  name: Label,
  organisationId: Id,
  roles: z.array(Role),
  mustChangePassword: z.boolean(),
  disabled: z.boolean(),
});
const OrganisationRecord = z.extend(Organisation, { disabled: z.boolean() });

/** Writes down who changed what; without that nothing is changed. */
export function auditAdmin(
  { people }: HttpServices,
  door: Door,
  action: string,
  details: Record<string, string | number | boolean>,
): Promise<void> {
  return people.audit.write({ action, allowed: true, principalId: principalOf(door).principalId, details });
}

function organisationRoutes(services: HttpServices): Route[] {
  const { organisations } = services.people;
  return [
    route({
      verb: 'get',
      path: '/api/organisations',
      summary: 'All organisations.',
      permission: 'staff',
      params: NoBody,
      query: NoBody,
      body: NoBody,
      answer: z.strictObject({ organisations: z.array(OrganisationRecord) }),
      async handler() {
        return { organisations: [...(await organisations.list())] };
      },
    }),
    route({
      verb: 'post',
      path: '/api/organisations',
      summary: 'Add an organisation.',
      permission: 'admin',
      params: NoBody,
      query: NoBody,
      body: z.strictObject({ name: Label, kind: OrganisationKind }),
      answer: OrganisationRecord,
      async handler(call) {
        await auditAdmin(services, call, 'organisation.add', { kind: call.body.kind });
        return organisations.add(call.body);
      },
    }),
    route({
      verb: 'patch',
      path: '/api/organisations/:organisationId',
      summary: 'Rename an organisation, change its kind, or disable it.',
      permission: 'admin',
      params: z.strictObject({ organisationId: Id }),
      query: NoBody,
      body: z.strictObject({
        name: z.optional(Label),
        kind: z.optional(OrganisationKind),
        disabled: z.optional(z.boolean()),
      }),
      answer: OrganisationRecord,
      async handler({ params, body, ...door }) {
        const fields = Object.keys(body).join('/') || 'nothing';
        await auditAdmin(services, door, 'organisation.change', { ...params, fields });
        return organisations.change(params.organisationId, body);
      },
    }),
  ];
}

function peopleRoutes(services: HttpServices): Route[] {
  const { persons } = services.people;
  return [
    route({
      verb: 'get',
      path: '/api/people',
      summary: 'All people with accounts.',
      permission: 'admin',
      params: NoBody,
      query: NoBody,
      body: NoBody,
      answer: z.strictObject({ people: z.array(Person) }),
      async handler() {
        return { people: (await persons.list()).map((person) => ({ ...person, roles: [...person.roles] })) };
      },
    }),
    route({
      verb: 'post',
      path: '/api/people',
      summary: 'Add a person; the password given here has to be changed at the first sign-in.',
      permission: 'admin',
      params: NoBody,
      query: NoBody,
      body: z.strictObject({
        username: Username,
        name: Label,
        organisationId: Id,
        roles: Roles,
        password: NewPassword,
      }),
      answer: Person,
      async handler(call) {
        await auditAdmin(services, call, 'person.add', { roles: call.body.roles.join('/') });
        const person = await persons.add({ ...call.body, mustChangePassword: true });
        return { ...person, roles: [...person.roles] };
      },
    }),
    route({
      verb: 'patch',
      path: '/api/people/:principalId',
      summary: 'Change name, organisation or roles of a person, or disable the account; effective at once.',
      permission: 'admin',
      params: personParams,
      query: NoBody,
      body: z.strictObject({
        name: z.optional(Label),
        organisationId: z.optional(Id),
        roles: z.optional(Roles),
        disabled: z.optional(z.boolean()),
      }),
      answer: Person,
      async handler({ params, body, ...door }) {
        const subject = params.principalId;
        await auditAdmin(services, door, 'person.change', {
          subject,
          fields: Object.keys(body).join('/') || 'nothing',
          ...(body.roles ? { roles: body.roles.join('/') } : {}),
        });
        const person = await persons.change(subject, body);
        return { ...person, roles: [...person.roles] };
      },
    }),
    setPasswordRoute(services),
  ];
}

function setPasswordRoute(services: HttpServices): Route {
  return route({
    verb: 'post',
    path: '/api/people/:principalId/password',
    summary:
      'Set a password for somebody else; it has to be changed at the next sign-in. Their sessions end.',
    permission: 'admin',
    params: personParams,
    query: NoBody,
    body: z.strictObject({ password: NewPassword }),
    answer: NoBody,
    async handler({ params, body, ...door }) {
      await auditAdmin(services, door, 'person.set-password', { subject: params.principalId });
      await services.people.persons.setPassword(params.principalId, body.password, { mustChange: true });
      return {};
    },
  });
}

export function adminRoutes(services: HttpServices): Route[] {
  return [...organisationRoutes(services), ...peopleRoutes(services)];
}
