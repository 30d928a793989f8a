/** What a phone on the chest measures, apart from the video and marked as the estimate it is. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { NotificationData } from '../../../../signaling/protocol/notifications.ts';
import { t } from '../../../i18n/index.ts';
import { PanelTitle } from '../../../ui/controls.tsx';
import { useRoom } from '../../live/live-room.ts';

/** Figures older than this are gone: the phone sends twice a second. */
const STALE_MS = 3000;

export function ChestFigures(): JSX.Element | null {
  const { session } = useRoom();
  const [measured, setMeasured] = useState<NotificationData<'cpr.measured'>>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = session.on('cprMeasured', (data) => {
      if (data.source !== 'chest') return;
      setMeasured(data);
      clearTimeout(timer);
      timer = setTimeout(() => setMeasured(undefined), STALE_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [session]);
  if (measured === undefined) return null;
  const { rate, depthMm } = measured;
  return (
    <section class="stack chest-figures" aria-label={t('chest.title')}>
      <PanelTitle icon="device">{t('chest.title')}</PanelTitle>
      <p class="figures">
        {rate === null ? t('cpr.word.unsure') : t('chest.rate', { n: Math.round(rate) })}
        {typeof depthMm === 'number' ? ` · ${t('chest.depth', { n: Math.round(depthMm) })}` : ''}
      </p>
      <p class="small">{t('chest.estimate')}</p>
    </section>
  );
}
