/** The dispatcher's telephone line as a source of the room: a chosen audio input, sent as it is. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LocalSource } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { writePreference } from '../../storage/preferences.ts';
import { tell } from '../../ui/announcer.tsx';
import { errorText } from '../../ui/error-text.ts';
import { useChanges } from '../../ui/hooks.ts';
import { useServices } from '../../ui/services.ts';
import { useRoom } from '../live/live-room.ts';
import { forgetLine, lineToReopen, rememberLine } from './telephone-line.ts';

export interface Telephone {
  readonly source: LocalSource | undefined;
  readonly busy: boolean;
  /** Sends this input, or changes to it while another one is sent. Rejects with `CaptureError` or `ClientError`. */
  send(deviceId: string): Promise<void>;
  mute(muted: boolean): Promise<void>;
  stop(): Promise<void>;
}

export function useTelephone(): Telephone {
  const services = useServices();
  const { session, local, state } = useRoom();
  const [busy, setBusy] = useState(false);
  const source = local.value.find((each) => each.info.role === 'telephone' && each.status !== 'closed');
  useChanges(source);
  const send = async (deviceId: string) => {
    setBusy(true);
    try {
      const capture = await services.capture();
      // What a browser does for a person before a microphone would eat the far end of a telephone line.
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const { track } = await capture.openMicrophone({ deviceId, ...plain });
      track.contentHint = '';
      if (source !== undefined) await source.replaceTrack(track);
      else {
        const info = { role: 'telephone' as const, label: t('telephone.source'), patientId: 'scene' };
        await session.publish(track, info);
      }
      writePreference('telephone', deviceId);
      rememberLine(session.roomId, deviceId);
    } finally {
      setBusy(false);
    }
  };
  const begun = useRef(false);
  const { phase } = state.value;
  useEffect(() => {
    if (begun.current || phase !== 'open') return;
    begun.current = true;
    const deviceId = lineToReopen(session.roomId);
    if (deviceId === undefined || session.role !== 'dispatcher' || source !== undefined) return;
    send(deviceId).then(
      () => tell(t('telephone.returned'), 'good'),
      (error: unknown) => tell(t('telephone.lost', { why: errorText(error) }), 'bad'),
    );
  });
  return {
    source,
    busy,
    send,
    mute: async (muted) => (muted ? source?.pause() : source?.resume()),
    stop: async () => {
      forgetLine(session.roomId);
      await source?.close('stopped');
    },
  };
}
