/** Keys of the phone in hand: what may be asked of it, and under each key how that stands, as the phone said it. */
import type { JSX } from 'preact';
import type { AskWhat } from '../../../signaling/protocol/events-bystander.ts';
import { formatNumber } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { useNow } from '../../ui/hooks.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { type ControlView, controlView, nextZoom } from './controls-view.ts';
import type { Phone } from './phones.ts';
import type { Asks } from './use-asks.ts';
import { roomUtc } from './use-progress.ts';

type Key = Exclude<AskWhat, 'zoom'>;

const keys: readonly { readonly what: Key; readonly icon: IconName; readonly shortcut: string }[] = [
  { what: 'camera', icon: 'camera', shortcut: 'K' },
  { what: 'torch', icon: 'torch', shortcut: 'T' },
  { what: 'flip', icon: 'flip', shortcut: 'X' },
  { what: 'photo', icon: 'snapshot', shortcut: 'I' },
  { what: 'sound', icon: 'speaker', shortcut: 'J' },
  { what: 'location', icon: 'pin', shortcut: 'Q' },
  { what: 'microphone', icon: 'mic', shortcut: 'W' },
  { what: 'second-phone', icon: 'qr', shortcut: 'Z' },
];

/** What stands under a key. */
function standingText(view: ControlView): string {
  if (view.standing !== 'ready') return t(`ask.is.${view.standing}`);
  if (view.on === undefined) return '';
  return view.on ? t('ask.is.on') : t('ask.is.off');
}

/** Why it did not do it: in words where they are known, else as the phone's browser calls it. */
function whyText({ standing, why }: ControlView): string {
  if (why === undefined || !['failed', 'refused', 'unsupported'].includes(standing)) return '';
  return why === 'camera-off' || why === 'busy' || why === 'missing' || why === 'insecure'
    ? t(`ask.why.${why}`)
    : why;
}

function ControlKey(props: {
  what: Key;
  view: ControlView;
  icon: IconName;
  shortcut: string;
  onClick: () => void;
}): JSX.Element {
  const { view, icon, shortcut } = props;
  const standing = standingText(view);
  const label = t(`ask.${props.what}`);
  const why = whyText(view);
  const hint = props.what === 'microphone' ? `${t('ask.microphoneHint')} ` : '';
  return (
    <button
      type="button"
      class={`phone-key is-${view.standing}`}
      aria-pressed={view.on}
      aria-keyshortcuts={shortcut}
      title={`${hint}${label} (${shortcut})`}
      disabled={view.standing === 'unsupported'}
      onClick={props.onClick}
    >
      <Icon name={icon} />
      <span class="phone-key-name">{label}</span>
      <span class="phone-key-standing">{standing}</span>
      {why === '' ? null : <span class="phone-key-why">{why}</span>}
    </button>
  );
}

function ZoomKeys(props: { phone: Phone; view: ControlView; asks: Asks }): JSX.Element {
  const { page } = props.phone;
  const { view, asks } = props;
  const why = whyText(view);
  const factor = page.zoom === undefined ? '' : t('stage.zoom', { n: formatNumber(page.zoom.now, 1) });
  const standing = view.standing === 'ready' ? factor : standingText(view);
  const key = (direction: 'in' | 'out', icon: IconName, shortcut: string) => (
    <button
      type="button"
      class="phone-key half"
      aria-label={t(`ask.zoom.${direction}`)}
      aria-keyshortcuts={shortcut}
      title={`${t(`ask.zoom.${direction}`)} (${shortcut})`}
      disabled={nextZoom(page.zoom, direction) === undefined}
      onClick={() => start(() => asks.zoom(direction))}
    >
      <Icon name={icon} />
    </button>
  );
  return (
    <fieldset class="phone-zoom bare" aria-label={t('ask.zoom')}>
      <div class="row tight-row">
        {key('out', 'zoom-out', ',')}
        {key('in', 'zoom-in', '.')}
      </div>
      <span class="phone-key-standing figures">{standing}</span>
      {why === '' ? null : <span class="phone-key-why">{why}</span>}
    </fieldset>
  );
}

export function PhoneControls(props: { phone: Phone; asks: Asks }): JSX.Element {
  const room = useRoom();
  useNow(1000);
  const { phone, asks } = props;
  const now = roomUtc(room);
  const own = room.state.value.bystander.asks.filter((ask) => ask.peerId === phone.peerId);
  const view = (what: AskWhat) => controlView(what, phone.page, own, now);
  return (
    <div class="phone-controls" role="toolbar" aria-label={t('ask.title', { n: phone.number })}>
      {keys.map(({ what, icon, shortcut }) => (
        <ControlKey
          key={what}
          what={what}
          view={view(what)}
          icon={icon}
          shortcut={shortcut}
          onClick={() => start(() => asks.ask(what))}
        />
      ))}
      <ZoomKeys phone={phone} view={view('zoom')} asks={asks} />
    </div>
  );
}
