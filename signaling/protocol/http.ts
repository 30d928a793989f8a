/** Bodies of the HTTP interface, for server and pages alike. The routes stand in `signaling/http/routes.ts`. */
import * as z from 'zod/mini';
import { Datum } from './geo.ts';
import { Role } from './roles.ts';
import { Id, Label, UtcMs } from './values.ts';

export const Credentials = z.strictObject({
  username: z.string().check(z.minLength(1), z.maxLength(64)),
  password: z.string().check(z.minLength(1), z.maxLength(256)),
});

/** A password someone chooses: long enough not to be guessed, whatever it is made of (NIST SP 800-63B section 3.1.1.2). */
export const NewPassword = z.string().check(z.minLength(10), z.maxLength(256));
/** Body of `POST /api/me/password`; all other sessions of the person end. */
export const ChangePassword = z.strictObject({
  current: z.string().check(z.minLength(1), z.maxLength(256)),
  next: NewPassword,
});

/** Body of `POST /api/rooms/:roomId/token`; without a wish the first fitting role is taken. */
export const TokenRequest = z.strictObject({ role: z.optional(Role) });

/** 128 or more random bits as base64url, from the fragment of a link. */
export const LinkSecret = z.string().check(z.regex(/^[A-Za-z0-9_-]{22,64}$/));
/** Body of `POST /api/invites/open`, answered with `Me`. An invitation opens once. */
export const OpenInvite = z.strictObject({ secret: LinkSecret });

/**
 * Body of `POST /api/units/enrol`, answered with `Me`: the secret of the QR code (the fragment of `/enrol#…`), or the code
 * typed by hand, two letters and six digits; and what the device is called.
 */
export const EnrolDevice = z.strictObject({
  code: z.string().check(z.regex(/^[A-Za-z0-9_ -]{6,64}$/)),
  name: Label,
});
/** Bodies of sign-out and of a device's sign-in: nothing but an empty object. */
export const NoBody = z.strictObject({});

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

/** Answer to `POST /api/units/:unitId/glasses`: brings one pair of glasses into the unit. */
export const GlassesCode = z.strictObject({
  /** Six digits, to be said or entered. */
  code: z.string(),
  /** For the fragment of `/glasses#…` in a QR code: wrong tries of digits do not end it. */
  secret: z.string(),
  expiresAt: UtcMs,
});
export type GlassesCode = z.infer<typeof GlassesCode>;

/** Answer to `POST /api/rooms/:roomId/token`. */
export const RoomToken = z.strictObject({ token: z.string(), expiresAt: UtcMs });

/** What the pages need before anyone signs in: `GET /api/config`. */
export const PublicConfig = z.strictObject({
  name: Label,
  version: z.string(),
  /** Shown when a call for help is not answered for 15 s. */
  helpPhone: z.string(),
  /** ISO 3166-1 alpha-2: where a pasted number without a country code belongs; CN where it is absent. */
  phoneCountry: z.optional(z.string().check(z.regex(/^[A-Z]{2}$/))),
  caUrl: z.optional(z.string()),
  /** Tiles under the plan of a place; for staff, where the site has a map server. */
  map: z.optional(z.strictObject({ tileUrl: z.string(), datum: Datum, attribution: z.string() })),
});
export type PublicConfig = z.infer<typeof PublicConfig>;

export const OrganisationKind = z.enum(['centre', 'unit-operator', 'hospital', 'partner']);
export type OrganisationKind = z.infer<typeof OrganisationKind>;
export const Organisation = z.strictObject({ organisationId: Id, name: Label, kind: OrganisationKind });
export type Organisation = z.infer<typeof Organisation>;
