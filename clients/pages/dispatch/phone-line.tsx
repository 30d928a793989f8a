/** One line: the phone in hand with camera, sound, battery and link as measured; and the basis of filming. */
import type { JSX } from 'preact';
import type { RemoteSource } from '../../core/types.ts';
import { formatBitrate, formatPercent } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Tag } from '../../ui/controls.tsx';
import { useChanges } from '../../ui/hooks.ts';
import type { IconName } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { BasisKeys } from './basis-keys.tsx';
import { factsOf, type Phone, type PhoneFact } from './phones.ts';

const icons: Record<PhoneFact['name'], IconName> = {
  link: 'offline',
  visible: 'device',
  sound: 'speaker',
  wakeLock: 'moon',
  battery: 'battery',
  language: 'globe',
  microphone: 'mic',
};

function factText(fact: PhoneFact): string {
  if (fact.name === 'battery') {
    const level = formatPercent(fact.level ?? 0);
    return fact.value === 'charging' ? t('phone.charging', { level }) : level;
  }
  if (fact.name === 'language') return t(fact.value === 'en' ? 'language.en' : 'language.zh-CN');
  return factWords(fact);
}

/** Each value that a phone may say has its words. */
function factWords({ name, value }: PhoneFact): string {
  switch (name) {
    case 'link':
      return value === 'lost' ? t('people.link.lost') : t('people.link.silent');
    case 'visible':
      return t('phone.hidden');
    case 'sound':
      if (value === 'runs') return t('phone.sound.runs');
      if (value === 'blocked') return t('phone.sound.blocked');
      return value === 'off' ? t('phone.sound.off') : t('phone.sound.unsupported');
    case 'microphone':
      if (value === 'live') return t('phone.microphone.live');
      if (value === 'muted-by-call') return t('phone.microphone.muted-by-call');
      return value === 'refused' ? t('phone.microphone.refused') : t('phone.microphone.missing');
    case 'wakeLock':
      return value === 'lost' ? t('phone.wakeLock.lost') : t('phone.wakeLock.unsupported');
    default:
      return value;
  }
}

/** Frames and rate as they arrive here. */
function Measured(props: { source: RemoteSource }): JSX.Element | null {
  useChanges(props.source);
  const { stats, reason, rung } = props.source;
  if (stats === undefined) return null;
  const fps = stats.fps === undefined ? '' : `${t('graph.fps', { n: Math.round(stats.fps) })} · `;
  const weak = rung === '540-slow' || rung === 'still' || rung === 'audio';
  return (
    <Tag icon="link" kind={weak ? 'warn' : undefined}>
      <span class="figures">
        {fps}
        {formatBitrate(stats.bitrate)}
        {weak && reason === 'link' ? ` · ${t('phone.weak')}` : ''}
      </span>
    </Tag>
  );
}

function AboutPhone(props: { phone: Phone; source: RemoteSource | undefined }): JSX.Element {
  const { silent } = useRoom();
  const { phone, source } = props;
  const { camera } = phone.page;
  return (
    <>
      <strong class="one-line">{phone.peer.name}</strong>
      {camera === undefined || camera === 'live' ? null : (
        <Tag kind={camera === 'not-asked' || camera === 'asked' ? 'note' : 'warn'} icon="camera-off">
          {t(`phone.camera.${camera}`)}
        </Tag>
      )}
      {source === undefined ? null : <Measured source={source} />}
      {factsOf(phone, silent.value.has(phone.peerId)).map((fact) => (
        <Tag key={fact.name} icon={icons[fact.name]} kind={fact.tone === 'plain' ? undefined : fact.tone}>
          {factText(fact)}
        </Tag>
      ))}
    </>
  );
}

export function PhoneLine(props: {
  phone: Phone | undefined;
  source: RemoteSource | undefined;
}): JSX.Element {
  const { phone, source } = props;
  return (
    <section
      class="phone-line"
      aria-label={phone === undefined ? t('basis.title') : t('phone.line', { n: phone.number })}
    >
      <div class="phone-about">
        {phone === undefined ? (
          <span class="small soft">{t('phone.none')}</span>
        ) : (
          <AboutPhone phone={phone} source={source} />
        )}
      </div>
      <BasisKeys />
    </section>
  );
}
