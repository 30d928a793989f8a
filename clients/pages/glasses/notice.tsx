/** The one large thing over the picture: an order that waits, a call that rings, or what is wrong with the camera. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { OrderState } from '../../../signaling/protocol/state.ts';
import { t } from '../../i18n/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { useNow } from '../../ui/hooks.ts';
import { config } from '../../ui/me.ts';
import { progressText } from '../ambulance/help-key.tsx';
import { helpView } from '../ambulance/help-view.ts';
import { reasonText } from '../live/connection-line.tsx';
import { useRoom } from '../live/live-room.ts';
import { needsBar } from '../live/status-view.ts';

/** Words once more when they are new, for whoever does not look at the display. */
function useSaid(text: string): void {
  const said = useRef('');
  useEffect(() => {
    if (text !== '' && text !== said.current) announce(text, 'urgent');
    said.current = text;
  }, [text]);
}

export function Notice(props: {
  order: OrderState | undefined;
  cameraProblem: string | undefined;
}): JSX.Element | null {
  const { state, connection } = useRoom();
  const now = useNow(500);
  const help = helpView(state.value, now);
  const { order, cameraProblem } = props;
  const phone = config.value?.helpPhone ?? '';
  const helpText =
    help.stage === 'idle'
      ? ''
      : help.showPhone && phone !== ''
        ? t('help.phone', { phone })
        : progressText(help);
  const text =
    order?.text ??
    (helpText !== ''
      ? helpText
      : cameraProblem === undefined
        ? needsBar(connection.value)
          ? (reasonText(connection.value) ?? '')
          : ''
        : t('glasses.cameraFailed', { why: cameraProblem }));
  useSaid(text);
  if (text === '') return null;
  const isCalm = order === undefined && help.stage === 'answered';
  return (
    <section class={`glasses-notice${isCalm ? ' calm' : ''}`} role="alert">
      {order === undefined ? null : <h2>{t('glasses.order')}</h2>}
      <p>{text}</p>
    </section>
  );
}
