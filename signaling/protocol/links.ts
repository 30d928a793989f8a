/**
 * Links: capabilities sent to a phone (design section 8). The secret stands in the fragment, is stored hashed, and is
 * opened by POST after a tap. Opening binds nothing: the opening that goes live is the one the link is bound to, and
 * another browser or device then has to be let in by the dispatcher.
 */
import * as z from 'zod/mini';
import { Address } from './geo.ts';
import { Language, Need } from './guidance.ts';
import { LinkSecret } from './http.ts';
import { PhoneNumber } from './sms.ts';
import { Id, Label, UtcMs } from './values.ts';

/** What a link's page is for: filming, lying on the chest (a second phone), or guiding a volunteer. */
export const LinkUse = z.enum(['camera', 'chest', 'volunteer']);
export type LinkUse = z.infer<typeof LinkUse>;
/** Whether a second helper is there: alone means speaker on, compress first, camera later. */
export const Helpers = z.enum(['alone', 'two', 'unknown']);
export type Helpers = z.infer<typeof Helpers>;
export const LinkEnd = z.enum(['unopened', 'revoked', 'released', 'room-closed', 'replaced']);
export type LinkEnd = z.infer<typeof LinkEnd>;

/** How long an unopened link may be opened, in milliseconds. */
export const UNOPENED_MS = 15 * 60_000;
/** After this long without an opening since delivery, the phone may have no data during calls. */
export const NO_DATA_HINT_MS = 20_000;

/** Version of the notice of what is recorded; a changed text is a new version. */
export const NOTICE_VERSION = 1;

/** One browser in which the link was opened. */
export const OpeningState = z.enum(['open', 'live', 'asking', 'refused', 'ended']);
export type OpeningState = z.infer<typeof OpeningState>;

/** Body of `POST /api/link/open`, of the bystander's door alone. */
export const OpenLink = z.strictObject({
  secret: LinkSecret,
  /** What the browser says it is, by feature: shown to the dispatcher, never decided on. */
  browser: z.optional(Label),
  language: z.optional(Language),
});

/** What a page needs to help at once, before it has any live connection. */
export const LinkPage = z.strictObject({
  roomId: Id,
  linkId: Id,
  openingId: Id,
  use: LinkUse,
  need: Need,
  helpers: Helpers,
  opening: OpeningState,
  /** The number shown as "Call …". */
  emergencyPhone: z.string().check(z.maxLength(32)),
  supportPhone: z.optional(z.string().check(z.maxLength(32))),
  /** Set where a fixed code at a known place was scanned: nobody may have seen this yet. */
  place: z.optional(Address),
  /** What is recorded, as the notice says. */
  recorded: z.boolean(),
  /** Version of the notice that has to be accepted before the camera. */
  noticeVersion: z.int(),
  drill: z.boolean(),
});
export type LinkPage = z.infer<typeof LinkPage>;

/** Body of `POST /api/link/ask`; `again`: the person wants to come back in after another browser took over. */
export const AskLink = z.strictObject({ again: z.optional(z.boolean()) });

/** Answer to `POST /api/link/ask`: the way of a second browser into a link that is bound. */
export const LinkAsked = z.strictObject({ opening: OpeningState });

/** What is asked for to make a link; by a dispatcher's page or by dispatch's system. */
export const NewLink = z.strictObject({
  use: LinkUse,
  need: Need,
  helpers: Helpers,
  /** Absent: shown as a QR code or copied, not sent. */
  phone: z.optional(PhoneNumber),
  language: Language,
  /** Whom it is for, as the dispatcher calls them. */
  name: z.optional(Label),
});
export type NewLink = z.infer<typeof NewLink>;

/** Body of `POST /api/dispatch/incidents`, for dispatch's system (role `service`): an incident with a link in one call. */
export const DispatchIncident = z.strictObject({
  incidentId: Id,
  title: Label,
  drill: z.boolean(),
  organisations: z.array(Id).check(z.maxLength(50)),
  address: z.optional(Address),
  callAnsweredAt: z.optional(UtcMs),
  link: z.optional(NewLink),
});
export const DispatchIncidentMade = z.strictObject({
  roomId: Id,
  linkId: z.optional(Id),
  /** Holds the secret, shown this once; absent where the link was sent. */
  url: z.optional(z.string()),
});

/** Body of `POST /api/place/open`: the fixed code of a door plate or an AED. */
export const OpenPlace = z.strictObject({ secret: LinkSecret, language: z.optional(Language) });

/** A volunteer near an incident, nearest first: `GET /api/rooms/:roomId/volunteers`. */
export const VolunteerNear = z.strictObject({
  volunteerId: Id,
  name: Label,
  distanceM: z.optional(z.number()),
  /** Age of the position in milliseconds. */
  positionAgeMs: z.optional(z.number()),
  alerted: z.boolean(),
});
export const VolunteersNear = z.strictObject({ volunteers: z.array(VolunteerNear) });

/** Answer of `PATCH /api/link/photos/:photoId` (bystander's door), read again at `GET /api/rooms/:roomId/photos/:photoId`. */
export const PhotoTaken = z.strictObject({ photoId: Id, sha256: z.string(), bytes: z.int() });
/** Largest photo taken, in bytes. */
export const PHOTO_BYTES = 20 * 1024 * 1024;
