/** What a room token says. Tokens live for minutes and are checked again on each command (design section 10). */
import * as z from 'zod/mini';
import { SourceRole } from './media.ts';
import { Role } from './roles.ts';
import { Id, Label } from './values.ts';

export const RoomClaims = z.strictObject({
  /** Principal. */
  sub: Id,
  /** Room, or `*` never: a token is for one room. */
  room: Id,
  role: Role,
  org: Id,
  name: Label,
  unit: z.optional(Id),
  /** Source roles this peer may publish; empty means none. */
  sources: z.array(SourceRole),
  /** Session it comes from; ending the session revokes it. */
  sid: Id,
  iss: z.literal('goldenhour'),
  aud: z.literal('room'),
  jti: Id,
  iat: z.int(),
  exp: z.int(),
});
export type RoomClaims = z.infer<typeof RoomClaims>;
