/** Chooses camera, microphone and loudspeaker; a change takes effect at once and is remembered on this device. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { CaptureDevice } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { readPreference, writePreference } from '../../storage/preferences.ts';
import { act } from '../../ui/announcer.tsx';
import { Banner, Field, inputValue } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { errorText } from '../../ui/error-text.ts';
import { useServices } from '../../ui/services.ts';
import { useRoom } from './live-room.ts';

type Kind = CaptureDevice['kind'];
const kinds: readonly Kind[] = ['camera', 'microphone', 'loudspeaker'];

export function DeviceDialog(props: {
  onClose: () => void;
  onLoudspeaker: (deviceId: string) => void;
}): JSX.Element {
  const services = useServices();
  const { local } = useRoom();
  const [devices, setDevices] = useState<readonly CaptureDevice[]>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const read = async () => {
      const capture = await services.capture();
      setDevices(await capture.listDevices());
    };
    read().catch((error: unknown) => setProblem(errorText(error)));
  }, [services]);
  const choose = async (kind: Kind, deviceId: string) => {
    writePreference(kind, deviceId);
    if (kind === 'loudspeaker') {
      props.onLoudspeaker(deviceId);
      return;
    }
    const source = local.value.find((each) => each.info.role === (kind === 'camera' ? 'face' : 'voice'));
    if (source === undefined) return;
    const capture = await services.capture();
    const open =
      kind === 'camera'
        ? capture.openCamera({ deviceId, height: 720 })
        : capture.openMicrophone({ deviceId });
    await source.replaceTrack((await open).track);
  };
  return (
    <Dialog title={t('devices.title')} onClose={props.onClose}>
      {problem === undefined ? null : <Banner kind="bad">{problem}</Banner>}
      {devices === undefined && problem === undefined ? <span class="spinner" aria-hidden="true" /> : null}
      {devices === undefined
        ? null
        : kinds.map((kind) => {
            const found = devices.filter((device) => device.kind === kind);
            return (
              <Field key={kind} label={t(`devices.${kind}`)}>
                {(ids) => (
                  <select
                    {...ids}
                    class="input"
                    value={readPreference(kind) ?? ''}
                    onChange={(event) => {
                      const deviceId = inputValue(event);
                      void act(() => choose(kind, deviceId));
                    }}
                  >
                    <option value="">{t('devices.system')}</option>
                    {found
                      .filter((device) => device.deviceId !== '')
                      .map((device, index) => (
                        <option key={device.deviceId} value={device.deviceId}>
                          {device.label === '' ? t('devices.unnamed', { n: index + 1 }) : device.label}
                        </option>
                      ))}
                  </select>
                )}
              </Field>
            );
          })}
      <p class="hint">{t('devices.hint')}</p>
    </Dialog>
  );
}
