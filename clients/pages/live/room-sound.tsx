/** Plays what the others say. When the browser holds sound back, it says so and asks for one tap. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { playsAudio } from '../../../signaling/protocol/units.ts';
import type { RemoteSource } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { readPreference } from '../../storage/preferences.ts';
import { Banner } from '../../ui/controls.tsx';
import { useRoom } from './live-room.ts';

function Voice(props: { source: RemoteSource; loudspeaker: string; onHeldBack: () => void }): JSX.Element {
  const element = useRef<HTMLAudioElement>(null);
  const { source, loudspeaker, onHeldBack } = props;
  useEffect(() => {
    const audio = element.current;
    if (audio === null) return undefined;
    const detach = source.attach(audio);
    const check = setTimeout(() => {
      if (audio.paused && audio.srcObject !== null) onHeldBack();
    }, 1500);
    return () => {
      clearTimeout(check);
      detach();
    };
  }, [source, onHeldBack]);
  useEffect(() => {
    const audio = element.current;
    if (audio === null || loudspeaker === '' || !('setSinkId' in audio)) return;
    // A loudspeaker that was unplugged is refused; the system's own then goes on playing.
    audio.setSinkId(loudspeaker).catch(() => undefined);
  }, [loudspeaker]);
  // biome-ignore lint/a11y/useMediaCaption: live speech has no captions to show.
  return <audio ref={element} autoPlay data-voice />;
}

/** `loudspeaker` is a device id, or undefined for the one remembered on this device. */
export function RoomSound(props: { loudspeaker?: string }): JSX.Element | null {
  const room = useRoom();
  const [heldBack, setHeldBack] = useState(false);
  const hold = useRef(() => setHeldBack(true)).current;
  if (!playsAudio(room.state.value, room.session.peerId)) return null;
  const voices = room.remote.value.filter((source) => source.kind === 'audio');
  const loudspeaker = props.loudspeaker ?? readPreference('loudspeaker') ?? '';
  const play = () => {
    setHeldBack(false);
    for (const audio of document.querySelectorAll<HTMLAudioElement>('audio[data-voice]')) {
      audio.play().catch(() => setHeldBack(true));
    }
  };
  return (
    <>
      {voices.map((source) => (
        <Voice key={source.producerId} source={source} loudspeaker={loudspeaker} onHeldBack={hold} />
      ))}
      {heldBack ? (
        <Banner
          kind="warn"
          icon="speaker"
          role="alert"
          action={
            <button type="button" class="button primary" onClick={play}>
              {t('sound.play')}
            </button>
          }
        >
          {t('sound.heldBack')}
        </Banner>
      ) : null}
    </>
  );
}
