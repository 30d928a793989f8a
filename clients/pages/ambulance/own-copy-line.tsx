/** One line about the vehicle's own copy, and keeping it while this page sends. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatPercent, formatSpan } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { ownCopy, ownCopyView } from '../own-copy.ts';

function useKept(): void {
  const { session } = useRoom();
  useEffect(() => {
    let stop: (() => Promise<void>) | undefined;
    let left = false;
    void ownCopy().then((copy) => {
      if (!left) stop = copy?.keep(session);
    });
    return () => {
      left = true;
      void stop?.();
    };
  }, [session]);
}

export function OwnCopyLine(): JSX.Element | null {
  const { state } = useRoom();
  useKept();
  const view = ownCopyView.value;
  if (view.kind === 'unknown') return null;
  if (view.kind === 'unavailable') {
    return (
      <p class="own-copy">
        <Icon name="info" />
        {t(`copy.unavailable.${view.why}`)}
      </p>
    );
  }
  const { keptMs, toSendMs, sending, waits, trouble } = view.status;
  if (state.value.recording?.on === false && keptMs === 0) {
    return (
      <p class="own-copy">
        <Icon name="record-off" />
        {t('copy.off')}
      </p>
    );
  }
  const left = toSendMs === 0 ? t('copy.allSent') : t('copy.toSend', { left: formatSpan(toSendMs) });
  return (
    <section class="own-copy figures" aria-label={t('copy.title')}>
      <Icon name="device" />
      <span>{t('copy.kept', { kept: formatSpan(keptMs) })}</span>
      <span>· {left}</span>
      {sending === undefined ? null : (
        <>
          <progress value={sending} max={1} aria-label={t('copy.title')} />
          <span>{waits ? t('copy.waits') : t('copy.sending', { share: formatPercent(sending) })}</span>
        </>
      )}
      {trouble ? (
        <span class="warn-text row">
          <Icon name="warn" />
          {t('copy.trouble')}
        </span>
      ) : null}
    </section>
  );
}
