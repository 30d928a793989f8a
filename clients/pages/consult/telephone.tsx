/** The key and the dialog of the telephone line, on the dispatcher's page. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { CaptureDevice } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { readPreference } from '../../storage/preferences.ts';
import { act, start } from '../../ui/announcer.tsx';
import { Field, IconButton, inputValue, Tag } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useServices } from '../../ui/services.ts';
import { LevelMeter } from './level-meter.tsx';
import { type Telephone, useTelephone } from './use-telephone.ts';

/** Audio inputs of this computer; empty until read. */
function useInputs(): readonly CaptureDevice[] {
  const services = useServices();
  const [inputs, setInputs] = useState<readonly CaptureDevice[]>([]);
  useEffect(() => {
    start(async () => {
      const devices = await (await services.capture()).listDevices();
      setInputs(devices.filter((device) => device.kind === 'microphone' && device.deviceId !== ''));
    });
  }, [services]);
  return inputs;
}

function Sending(props: { telephone: Telephone }): JSX.Element | null {
  const { source, mute, stop, busy } = props.telephone;
  if (source === undefined) return null;
  return (
    <>
      <Tag kind={source.paused ? 'warn' : 'good'} icon={source.paused ? 'mic-off' : 'phone'}>
        {source.paused ? t('telephone.muted') : t('telephone.live')}
      </Tag>
      <LevelMeter track={source.track} muted={source.paused} />
      <div class="dialog-actions">
        <button type="button" class="button danger" disabled={busy} onClick={() => start(stop)}>
          <Icon name="phone-down" />
          {t('telephone.stop')}
        </button>
        <button
          type="button"
          class="button"
          aria-pressed={source.paused}
          disabled={busy}
          onClick={() => start(() => mute(!source.paused))}
        >
          <Icon name={source.paused ? 'mic' : 'mic-off'} />
          {source.paused ? t('telephone.unmute') : t('telephone.mute')}
        </button>
      </div>
    </>
  );
}

function TelephoneDialog(props: { telephone: Telephone; onClose: () => void }): JSX.Element {
  const { telephone } = props;
  const inputs = useInputs();
  const [chosen, setChosen] = useState(readPreference('telephone') ?? '');
  const known = inputs.some((input) => input.deviceId === chosen);
  const choose = (deviceId: string) => {
    setChosen(deviceId);
    if (telephone.source !== undefined && deviceId !== '') void act(() => telephone.send(deviceId));
  };
  return (
    <Dialog title={t('telephone.title')} onClose={props.onClose}>
      <p class="small soft">{t('telephone.text')}</p>
      <Field label={t('telephone.input')}>
        {(ids) => (
          <select
            {...ids}
            class="input"
            value={known ? chosen : ''}
            onChange={(event) => choose(inputValue(event))}
          >
            <option value="">{t('telephone.choose')}</option>
            {inputs.map((input, index) => (
              <option key={input.deviceId} value={input.deviceId}>
                {input.label === '' ? t('devices.unnamed', { n: index + 1 }) : input.label}
              </option>
            ))}
          </select>
        )}
      </Field>
      {telephone.source === undefined ? (
        <button
          type="button"
          class="button primary"
          disabled={!known || telephone.busy}
          onClick={() => start(() => telephone.send(chosen))}
        >
          <Icon name="phone" />
          {t('telephone.start')}
        </button>
      ) : (
        <Sending telephone={telephone} />
      )}
    </Dialog>
  );
}

/** Stands in the bar of keys; lit while the line is being sent. */
export function TelephoneKey(): JSX.Element {
  const telephone = useTelephone();
  const [open, setOpen] = useState(false);
  const { source } = telephone;
  const heard = source !== undefined && !source.paused;
  const words =
    source === undefined ? t('telephone.open') : heard ? t('telephone.live') : t('telephone.muted');
  return (
    <>
      <IconButton
        icon={source?.paused ? 'phone-down' : 'phone'}
        label={words}
        pressed={heard}
        class={heard ? 'telephone-key heard' : 'telephone-key'}
        onClick={() => setOpen(true)}
      />
      {open ? <TelephoneDialog telephone={telephone} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
