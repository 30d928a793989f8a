/** How a session stands, derived from what its parts say. Pure: the same facts always read the same. */
import type { RecoveryStep } from '../media/recovery.ts';
import type { SilenceState } from '../media/silence.ts';
import type { Connection, ConnectionReason, ConnectionStatus, SocketStatus } from '../types.ts';

/** Loss from which a link that still carries everything is called weak. */
export const WEAK_LOSS = 0.08;

export interface ConnectionFacts {
  readonly ended: ConnectionReason | undefined;
  readonly refused: ConnectionReason | undefined;
  readonly socket: SocketStatus;
  readonly online: boolean;
  /** Joined on the socket that is up now. */
  readonly joined: boolean;
  readonly everJoined: boolean;
  readonly media: MediaFacts | undefined;
}

export interface MediaFacts {
  readonly broken: boolean;
  /** Media has flowed at least once. */
  readonly everFlowed: boolean;
  readonly step: RecoveryStep | undefined;
  readonly lostReason: string | undefined;
  readonly silence: SilenceState;
  readonly loss: number;
}

export function deriveConnection(facts: ConnectionFacts): Omit<Connection, 'since'> {
  const media = mediaOf(facts.media);
  const [status, reason] = statusOf(facts);
  return { status, reason, media };
}

function statusOf(facts: ConnectionFacts): [ConnectionStatus, ConnectionReason] {
  if (facts.ended) return ['ended', facts.ended];
  if (facts.refused) return ['refused', facts.refused];
  const away: ConnectionReason = facts.online ? 'socket-lost' : 'offline';
  if (!facts.everJoined) return ['connecting', facts.online ? 'none' : 'offline'];
  if (!facts.joined) return ['reconnecting', away];
  const { media } = facts;
  if (!media) return ['live', 'none'];
  if (media.broken) return brokenStatus(media);
  if (media.silence === 'weak' || media.silence === 'silent') return ['weak', 'silence'];
  if (media.loss > WEAK_LOSS) return ['weak', 'loss'];
  return ['live', 'none'];
}

function brokenStatus(media: MediaFacts): [ConnectionStatus, ConnectionReason] {
  const reason = lostReason(media.lostReason);
  if (reason) return ['media-rebuilding', reason];
  if (!media.everFlowed) return ['connecting', 'none'];
  if (media.step === 'ice-restart') return ['reconnecting', 'ice-restart'];
  if (media.step === 'resume-socket') return ['reconnecting', 'socket-lost'];
  return ['media-rebuilding', 'silence'];
}

const LOST_REASONS = ['worker-died', 'node-lost', 'transport-closed', 'media-unavailable'] as const;

function lostReason(reason: string | undefined): ConnectionReason | undefined {
  return LOST_REASONS.find((known) => known === reason);
}

function mediaOf(media: MediaFacts | undefined): Connection['media'] {
  if (!media) return 'off';
  if (!media.broken) return 'up';
  return media.everFlowed && media.step === 'ice-restart' ? 'silent' : 'rebuilding';
}
