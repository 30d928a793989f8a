/** Beside a person in the list of people: whether they may draw, and the key that admits or withdraws them. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PeerState } from '../../../signaling/protocol/state.ts';
import { mayDraw } from '../../../signaling/protocol/state-marks.ts';
import { t } from '../../i18n/index.ts';
import { start, tell } from '../../ui/announcer.tsx';
import { IconButton, Tag } from '../../ui/controls.tsx';
import { useRoom } from '../live/live-room.ts';
import { floorTag, leadsMarks } from './scene-view.ts';

export function FloorTag(props: { peer: PeerState }): JSX.Element | null {
  const { state } = useRoom();
  return floorTag(state.value, props.peer) === 'may' ? (
    <Tag icon="mark-stroke">{t('floor.mayDraw')}</Tag>
  ) : null;
}

/** For who leads, at everybody who can be admitted. */
export function FloorKey(props: { peer: PeerState }): JSX.Element | null {
  const { session, state } = useRoom();
  const { peer } = props;
  const { peerId, name } = peer;
  const room = state.value;
  const tag = floorTag(room, peer);
  if (tag === undefined || !leadsMarks(room, session.peerId) || leadsMarks(room, peerId)) return null;
  const may = tag === 'may';
  return (
    <IconButton
      class="small-button"
      icon="mark-stroke"
      pressed={may}
      label={may ? t('floor.withdraw', { name }) : t('floor.admit', { name })}
      onClick={() => start(() => session.request('floor.set', { peerId, mayDraw: !may }))}
    />
  );
}

/** Tells a person who was admitted, or withdrawn. */
export function useFloorNews(): void {
  const { session, state } = useRoom();
  const may = mayDraw(state.value, session.peerId);
  const isOpen = state.value.phase === 'open';
  const before = useRef<boolean | undefined>(undefined);
  useEffect(() => {
    if (!isOpen) return;
    if (before.current !== undefined && before.current !== may)
      tell(may ? t('floor.gained') : t('floor.lost'), may ? 'good' : 'info');
    before.current = may;
  }, [may, isOpen]);
}
