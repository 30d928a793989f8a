/** The vehicle's one microphone and loudspeaker: this device's, or another's of the unit, as the facts decide. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { microphoneOf } from '../../../signaling/protocol/units.ts';
import { t } from '../../i18n/index.ts';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { MicKey } from '../live/mic-key.tsx';
import type { OwnMedia } from '../live/use-own-media.ts';

/** The peer of this unit that has the sound, when it is not this one. */
function useElsewhere(): string | undefined {
  const { session, state } = useRoom();
  const unitId = state.value.peers[session.peerId]?.unitId;
  const owner = unitId === undefined ? undefined : microphoneOf(state.value, unitId);
  return owner === session.peerId ? undefined : owner;
}

export function UnitSound(props: { voice: OwnMedia }): JSX.Element {
  const { state } = useRoom();
  const elsewhere = useElsewhere();
  const { source } = props.voice;
  useEffect(() => {
    // Two open microphones in one cabin would howl: this one is closed, and opened again by its key if it is needed.
    if (elsewhere !== undefined && source?.status === 'live')
      source.close('unit-sound-moved').catch(() => undefined);
  }, [elsewhere, source]);
  if (elsewhere === undefined) return <MicKey voice={props.voice} large />;
  const peer = state.value.peers[elsewhere];
  return (
    <p class="unit-sound">
      <Icon name="speaker" />
      <span>{t('unitSound.elsewhere', { device: peer?.device ?? peer?.name ?? '–' })}</span>
    </p>
  );
}
