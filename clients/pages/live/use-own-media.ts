/** This person's microphone, face camera and demonstration: opened on the first press, paused and resumed after. */
import { useState } from 'preact/hooks';
import type { SourceInfo } from '../../../signaling/protocol/media.ts';
import type { LocalSource } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { readPreference } from '../../storage/preferences.ts';
import { tell } from '../../ui/announcer.tsx';
import { errorText } from '../../ui/error-text.ts';
import { useChanges } from '../../ui/hooks.ts';
import { useServices } from '../../ui/services.ts';
import { useRoom } from './live-room.ts';
import { onlyWatches } from './people-view.ts';

export interface OwnMedia {
  readonly source: LocalSource | undefined;
  /** Sent now, as far as this person is concerned. Switching it on moves the person's voice to this room. */
  readonly on: boolean;
  readonly busy: boolean;
  /** The lead has muted it; only the lead can undo that. */
  readonly mutedByLead: boolean;
  /** The person only watches here: nobody hears or sees them until they speak here. */
  readonly watches: boolean;
  set(on: boolean): Promise<void>;
}

function useOwn(kind: 'voice' | 'face' | 'demonstration', publish: () => Promise<LocalSource>): OwnMedia {
  const { session, local, state } = useRoom();
  const [busy, setBusy] = useState(false);
  const source = local.value.find((each) => each.info.role === kind && each.status !== 'closed');
  useChanges(source);
  const muted = state.value.peers[session.peerId]?.muted;
  const watches = onlyWatches(state.value, session.peerId);
  const set = async (on: boolean) => {
    setBusy(true);
    try {
      if (on && watches) await session.request('peer.speakHere', {});
      if (source === undefined) {
        if (on) await publish();
      } else if (on) await source.resume();
      else await source.pause();
    } catch (error) {
      tell(errorText(error), 'bad');
    } finally {
      setBusy(false);
    }
  };
  return {
    source,
    on: source !== undefined && !source.paused && !watches,
    busy,
    watches,
    mutedByLead: (kind === 'voice' ? muted?.audio : muted?.video) === true,
    set,
  };
}

/** The voice of a person or vehicle. */
export function useVoice(patientId = 'scene'): OwnMedia {
  const services = useServices();
  const { session } = useRoom();
  return useOwn('voice', async () => {
    const capture = await services.capture();
    const deviceId = readPreference('microphone');
    const { track } = await capture.openMicrophone(deviceId === undefined ? {} : { deviceId });
    const info: SourceInfo = { role: 'voice', label: t('source.voice'), patientId, contentHint: 'speech' };
    return session.publish(track, info);
  });
}

export function useFaceCamera(): OwnMedia {
  return useCamera('face', t('source.face'));
}

/** Shows on a phone how it is done: a camera of the dispatch room, over a manikin. */
export function useDemonstration(): OwnMedia {
  return useCamera('demonstration', t('source.demonstration'));
}

function useCamera(role: 'face' | 'demonstration', label: string): OwnMedia {
  const services = useServices();
  const { session } = useRoom();
  return useOwn(role, async () => {
    const capture = await services.capture();
    const deviceId = readPreference('camera');
    const captured = await capture.openCamera({
      height: 720,
      facing: 'user',
      ...(deviceId === undefined ? {} : { deviceId }),
    });
    const info: SourceInfo = {
      role,
      label,
      patientId: 'scene',
      contentHint: 'motion',
      ...(captured.width === undefined ? {} : { width: captured.width }),
      ...(captured.height === undefined ? {} : { height: captured.height }),
    };
    return session.publish(captured.track, info);
  });
}
