/** Administration of units and their devices. */
import * as z from 'zod/mini';
import { refuse } from '../people/refuse.ts';
import type { Principal } from '../people/types.ts';
import { GlassesCode, NoBody } from '../protocol/http.ts';
import { Id, Label, UtcMs } from '../protocol/values.ts';
import { principalOf, type Route, route } from './route.ts';
import { auditAdmin } from './routes-admin.ts';
import type { HttpServices } from './services.ts';

const DeviceRole = z.enum(['crew', 'wearer']);
const Unit = z.strictObject({
  unitId: Id,
  name: Label,
  organisationId: Id,
  disabled: z.boolean(),
  /** The incident room it is on. */
  roomId: z.optional(Id),
});
const Device = z.strictObject({
  deviceId: Id,
  unitId: Id,
  label: Label,
  role: DeviceRole,
  revoked: z.boolean(),
  seenUtc: UtcMs,
});
const Enrolment = z.strictObject({
  /** Two letters and six digits, to be typed. */
  code: z.string(),
  /** For the fragment of `/enrol#…` in a QR code. */
  secret: z.string(),
  expiresAt: UtcMs,
});
const unitParams = z.strictObject({ unitId: Id });

function listRoutes(services: HttpServices): Route[] {
  const { units } = services.people;
  return [
    route({
      verb: 'get',
      path: '/api/units',
      summary: 'All units.',
      permission: 'staff',
      params: NoBody,
      query: NoBody,
      body: NoBody,
      answer: z.strictObject({ units: z.array(Unit) }),
      async handler() {
        return { units: [...(await units.list())] };
      },
    }),
    route({
      verb: 'post',
      path: '/api/units',
      summary: 'Add a unit; its name is unique however it is written.',
      permission: 'admin',
      params: NoBody,
      query: NoBody,
      body: z.strictObject({ name: Label, organisationId: Id }),
      answer: Unit,
      async handler(call) {
        await auditAdmin(services, call, 'unit.add', { organisationId: call.body.organisationId });
        return units.add(call.body);
      },
    }),
    route({
      verb: 'patch',
      path: '/api/units/:unitId',
      summary: 'Rename or disable a unit. Disabling ends the sessions of its devices.',
      permission: 'admin',
      params: unitParams,
      query: NoBody,
      body: z.strictObject({ name: z.optional(Label), disabled: z.optional(z.boolean()) }),
      answer: Unit,
      async handler({ params, body, ...door }) {
        const fields = Object.keys(body).join('/') || 'nothing';
        await auditAdmin(services, door, 'unit.change', { ...params, fields });
        return units.change(params.unitId, body);
      },
    }),
  ];
}

function deviceRoutes(services: HttpServices): Route[] {
  const { devices } = services.people;
  return [
    route({
      verb: 'post',
      path: '/api/units/:unitId/glasses',
      summary:
        'Make the code of six digits by which one pair of glasses joins the unit as its wearer within ten minutes. It takes the place of the former one.',
      permission: 'signed-in',
      limit: 'secret',
      params: unitParams,
      query: NoBody,
      body: NoBody,
      answer: GlassesCode,
      async handler({ params, ...door }) {
        assertMayBringGlasses(principalOf(door), params.unitId);
        await auditAdmin(services, door, 'unit.invite-glasses', params);
        return devices.inviteGlasses(params.unitId);
      },
    }),
    route({
      verb: 'post',
      path: '/api/units/:unitId/enrolment',
      summary: 'Make a code that enrols one device within ten minutes.',
      permission: 'admin',
      params: unitParams,
      query: NoBody,
      body: z.strictObject({ role: DeviceRole }),
      answer: Enrolment,
      async handler({ params, body, ...door }) {
        await auditAdmin(services, door, 'unit.invite-device', { ...params, role: body.role });
        return devices.invite(params.unitId, body.role);
      },
    }),
    route({
      verb: 'get',
      path: '/api/units/:unitId/devices',
      summary: 'Devices of a unit.',
      permission: 'admin',
      params: unitParams,
      query: NoBody,
      body: NoBody,
      answer: z.strictObject({ devices: z.array(Device) }),
      async handler({ params }) {
        return { devices: [...(await devices.list(params.unitId))] };
      },
    }),
    route({
      verb: 'delete',
      path: '/api/devices/:deviceId',
      summary: 'Revoke a device: its credential and its sessions end.',
      permission: 'admin',
      params: z.strictObject({ deviceId: Id }),
      query: NoBody,
      body: NoBody,
      answer: NoBody,
      async handler({ params, ...door }) {
        await auditAdmin(services, door, 'unit.revoke-device', params);
        await devices.revoke(params.deviceId);
        return {};
      },
    }),
  ];
}

/** An administrator, or a device of the crew for its own unit: what is aboard brings its glasses in. */
function assertMayBringGlasses(principal: Principal, unitId: string): void {
  const { kind, roles } = principal;
  if (kind === 'person' && roles.includes('admin')) return;
  if (kind === 'device' && roles.includes('crew') && principal.unitId === unitId) return;
  throw refuse('forbidden', 'Only an administrator, or a device of the crew for its own unit, may do this.');
}

export function unitRoutes(services: HttpServices): Route[] {
  return [...listRoutes(services), ...deviceRoutes(services)];
}
