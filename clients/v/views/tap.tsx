/** The one question before anything is sent. The same words stand in index.html, so that nothing moves as this takes over. */
import type { Shell } from '../shell.ts';
import { t } from '../texts/index.ts';
import { CallKey, emergencyPhone } from './phone.tsx';

export function Tap(props: { shell: Shell; kind: 'link' | 'place' }) {
  const place = props.kind === 'place';
  return (
    <main class="tap">
      <h1>{t('tapLead')}</h1>
      {place && <CallKey phone={emergencyPhone.value} first class="big" />}
      <p>{t('tapText')}</p>
      <button type="button" id="tap" class="key main big" onClick={props.shell.tap}>
        {t('tapKey')}
      </button>
      {place ? <p>{t('tapPlaceText')}</p> : <CallKey phone={emergencyPhone.value} />}
    </main>
  );
}
