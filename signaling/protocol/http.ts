/** Bodies of the HTTP interface, for server and pages alike. The routes stand in `signaling/http/routes.ts`. */
import * as z from 'zod/mini';
import { Role } from './roles.ts';
import { Id, Label, UtcMs } from './values.ts';

export const Credentials = z.strictObject({
  username: z.string().check(z.minLength(1), z.maxLength(64)),
  password: z.string().check(z.minLength(1), z.maxLength(256)),
});

/** Who is signed in on this browser or device. */
export const Me = z.strictObject({
  principalId: Id,
  kind: z.enum(['person', 'device', 'guest']),
  name: Label,
  organisationId: Id,
  organisationName: Label,
  roles: z.array(Role),
  unitId: z.optional(Id),
  /** A guest's only room. */
  roomId: z.optional(Id),
  mustChangePassword: z.boolean(),
});
export type Me = z.infer<typeof Me>;

/** Answer to `POST /api/rooms/:roomId/token`. */
export const RoomToken = z.strictObject({ token: z.string(), expiresAt: UtcMs });

/** What the pages need before anyone signs in: `GET /api/config`. */
export const PublicConfig = z.strictObject({
  name: Label,
  version: z.string(),
  /** Shown when a call for help is not answered for 15 s. */
  helpPhone: z.string(),
  drillsOnly: z.boolean(),
  caUrl: z.optional(z.string()),
});
export type PublicConfig = z.infer<typeof PublicConfig>;

export const OrganisationKind = z.enum(['centre', 'unit-operator', 'hospital', 'partner']);
export const Organisation = z.strictObject({ organisationId: Id, name: Label, kind: OrganisationKind });
export type Organisation = z.infer<typeof Organisation>;
