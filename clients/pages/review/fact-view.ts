/** Facts of the log in words, for the list beside the picture. Pure but for the language. */
import type { LogEntry } from '../../../signaling/protocol/entry.ts';
import type { RoomEvent } from '../../../signaling/protocol/events.ts';
import type { TimelineMark } from '../../../signaling/protocol/recordings.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import type { MarkKind } from '../../core/review/marks.ts';
import { lookUp, t } from '../../i18n/index.ts';
import { nameOf, patientTitle } from '../live/names.ts';
import { reasonGiven } from '../live/recording-text.ts';

export interface FactLine {
  readonly key: string;
  readonly at: number;
  readonly kind: MarkKind;
  readonly title: string;
  readonly detail: string;
}

/** The name behind a peer or principal, as far as the log tells it. */
type Name = (id: string) => string | undefined;

/** One line for each mark whose entry this reader may read, in order. */
export function factLines(
  entries: readonly LogEntry[],
  marks: readonly TimelineMark[],
  end: RoomState,
): readonly FactLine[] {
  const names = namesIn(entries);
  const name: Name = (id) => names.get(id) ?? nameOf(end, id);
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  return marks.flatMap((mark, index) => {
    const event = bySeq.get(mark.seq)?.events.find(({ type }) => type === mark.type);
    const title = lookUp(`fact.${mark.type}`) ?? mark.type;
    const detail = event === undefined ? '' : detailOf(event, end, name);
    return [{ key: `${mark.seq} ${index}`, at: mark.at, kind: mark.kind, title, detail }];
  });
}

/** Who left before the end is in no state any more, but every peer came in once. */
function namesIn(entries: readonly LogEntry[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { events } of entries) {
    for (const event of events) {
      if (event.type !== 'PeerJoined') continue;
      names.set(event.peerId, event.name);
      names.set(event.principalId, event.name);
    }
  }
  return names;
}

const join = (...parts: readonly (string | undefined)[]) =>
  parts.filter((part) => part !== undefined && part !== '').join(' · ');

function detailOf(event: RoomEvent, end: RoomState, name: Name): string {
  const about = 'patientId' in event ? event.patientId : undefined;
  const patient = about === undefined ? undefined : patientTitle(end, about);
  return (
    detailOfCare(event, patient, name) ??
    detailOfRoom(event, name) ??
    join('by' in event ? byName(event.by, name) : undefined, patient)
  );
}

function byName(by: unknown, name: Name): string | undefined {
  return typeof by === 'string' ? name(by) : undefined;
}

function detailOfCare(event: RoomEvent, patient: string | undefined, name: Name): string | undefined {
  switch (event.type) {
    case 'MessageSent':
      return join(`${name(event.peerId) ?? ''}: ${event.text}`, patient);
    case 'TimeNodeSet':
      return join(t(`node.${event.node}`), patient);
    case 'DrugGiven':
      return join(`${event.drug.name} ${event.drug.dose} ${event.drug.unit} ${event.drug.route}`, patient);
    case 'DeviceSet':
      return join(`${event.device}: ${event.setting}`, patient);
    case 'OrderGiven':
      return join(event.text, name(event.by), patient);
    case 'OrderReadBack':
      return join(name(event.by));
    case 'OrderClosed':
      return join(t(`order.stage.${event.outcome}`), name(event.by));
    case 'PatientIdentified':
      return join(patient, event.identity.name);
    case 'HelpSeen':
    case 'HelpAnswered':
      return event.name;
    case 'HelpRinging':
      return event.at.join(', ');
    default:
      return undefined;
  }
}

function detailOfRoom(event: RoomEvent, name: Name): string | undefined {
  switch (event.type) {
    case 'PeerJoined':
      return join(event.name, t(`role.${event.role}`));
    case 'PeerLeft':
    case 'PeerLinkLost':
    case 'PeerLinkBack':
    case 'PeerMuted':
    case 'SpeakingMoved':
      return name(event.peerId);
    case 'LeadHandedOver':
      return name(event.toPeerId);
    case 'SourcePublished':
      return join(event.source.label, name(event.peerId));
    case 'MarkAdded':
      return join(
        t(`marks.kind.${event.mark.shape.kind}`),
        event.mark.truncated ? t('drawn.truncated') : undefined,
        name(event.mark.author),
        event.mark.patientId === 'scene' ? undefined : event.mark.patientId,
      );
    case 'MarksErased':
    case 'MarksRestored':
      return join(name(event.author), t('drawn.count', { n: event.markIds.length }));
    case 'FloorSet':
      return join(
        name(event.peerId),
        t(event.mayDraw ? 'drawn.mayDraw' : 'drawn.mayNotDraw'),
        name(event.by),
      );
    case 'MarksSwitched':
      return join(name(event.peerId), t(event.on ? 'drawn.on' : 'drawn.off'));
    case 'WearerReported': {
      const { display } = event.report;
      return display && join(name(event.peerId), t(`drawn.display.${display}`));
    }
    case 'ImageAdded':
      return join(event.name, name(event.peerId));
    case 'StillKept':
      return name(event.peerId);
    case 'SourceRung':
      return t(`rung.${event.rung}.long`);
    case 'RecordingStarted':
    case 'RecordingStopped':
      return join(reasonGiven(event.reason), name(event.by));
    case 'RoomClosed':
      return join(event.reason, name(event.by));
    default:
      return undefined;
  }
}
