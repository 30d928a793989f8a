/** Who is who: what sockets, methods and HTTP ask of `signaling/people`. */
import type { Me, OrganisationKind } from '../protocol/http.ts';
import type { SourceRole } from '../protocol/media.ts';
import type { Role } from '../protocol/roles.ts';
import type { RoomSummary } from '../protocol/snapshot.ts';
import type { RoomState } from '../protocol/state.ts';
import type { RoomClaims } from '../protocol/token.ts';

export interface Principal {
  readonly principalId: string;
  readonly kind: 'person' | 'device' | 'guest';
  readonly name: string;
  readonly organisationId: string;
  readonly organisationName: string;
  /** Only the centre sees every room; absent counts as no kind at all. */
  readonly organisationKind?: OrganisationKind;
  readonly roles: readonly Role[];
  readonly unitId?: string;
  /** Units that the person's organisation operates: its people see their rooms. */
  readonly operatesUnits?: readonly string[];
  /** A guest's only room. */
  readonly roomId?: string;
  /** The invitation a guest came by; the room's state knows it too. */
  readonly inviteId?: string;
  /** The link a guest of the bystander's door came by; the principal is one opening of it. */
  readonly linkId?: string;
  readonly mustChangePassword: boolean;
}

/** A signed-in browser or device. It never ends by idling while one of its sockets is in a room. */
export interface Session {
  readonly sid: string;
  readonly principal: Principal;
  /** UTC milliseconds. */
  readonly expiresAt: number;
}

export interface Sessions {
  /** From the cookie's secret; undefined when unknown, ended or expired. */
  find(secret: string): Promise<Session | undefined>;
  /** Checked on every command from a cache that revocation updates at once here and within 2 s elsewhere. */
  isLive(sid: string): boolean;
  /** The session as it is now, with roles as they are now, from the same cache as `isLive`. */
  current(sid: string): Session | undefined;
  /** Keeps a session from idling out; sockets call it while they are in a room. */
  touch(sid: string): void;
  onEnded(listener: (sid: string, reason: 'signed-out' | 'revoked' | 'expired') => void): () => void;
}

export interface RoomTokens {
  /** ES256; valid for minutes. */
  sign(
    claims: Omit<RoomClaims, 'iss' | 'aud' | 'jti' | 'iat' | 'exp'>,
  ): Promise<{ token: string; expiresAt: number }>;
  /** Throws `unauthenticated` for a token that is foreign, forged, expired, revoked or signed by a retired key. */
  verify(token: string): Promise<RoomClaims>;
  /** From now on all tokens of this principal for this room are refused (removal of a peer). */
  revoke(principalId: string, roomId: string): Promise<void>;
  isRevoked(claims: RoomClaims): boolean;
}

export interface Invites {
  /** The URL holds 128 random bits in its fragment, stored hashed. */
  create(invite: {
    roomId: string;
    role: Role;
    name: string;
    expiresAt: number;
    organisationId: string;
    by: string;
  }): Promise<{ inviteId: string; url: string }>;
  revoke(inviteId: string): Promise<void>;
}

/** Why a principal may see a room, or not (design section 10). Pure. */
export type RoomAccess = (principal: Principal, state: RoomState) => RoomSummary['access'] | 'none';
/** The role a principal takes in a room, of those it has; undefined when none fits. Pure. */
export type RoleFor = (principal: Principal, state: RoomState, wanted?: Role) => Role | undefined;
/** What a role may publish. Pure. */
export type SourcesFor = (role: Role) => readonly SourceRole[];

export interface Directory {
  principal(principalId: string): Promise<Principal | undefined>;
  organisationName(organisationId: string): Promise<string | undefined>;
  organisations(): Promise<readonly { organisationId: string; name: string; kind: string }[]>;
  unit(unitId: string): Promise<{ unitId: string; name: string; organisationId: string } | undefined>;
  /** The incident room a unit is on, set by `UnitAssigned`, cleared by `UnitReleased`. */
  unitRoom(unitId: string): Promise<string | undefined>;
  setUnitRoom(unitId: string, roomId: string | undefined): Promise<void>;
}

/** Append-only record of decisions, denials too. */
export interface Audit {
  write(record: {
    action: string;
    allowed: boolean;
    principalId: string;
    roomId?: string;
    /** Ids and codes only, never names or text. */
    details?: Record<string, string | number | boolean>;
  }): Promise<void>;
}

export type { Me };
