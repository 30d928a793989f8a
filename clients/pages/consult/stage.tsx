/** The main picture, as large as the page allows, with zoom, and everything true about it written over it. */

import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { RemoteSource } from '../../core/types.ts';
import { formatNumber } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { announce, start } from '../../ui/announcer.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { orderPeers } from '../live/people-view.ts';
import { sourceName } from '../live/source-name.ts';
import { AgeLabel, PictureBox, PictureCaption, useReportedSize, useSource } from '../live/video-tile.tsx';
import type { ZoomControl } from './use-zoom.ts';

/** Nothing is published yet: says so and who is there. */
export function EmptyStage(): JSX.Element {
  const { state, session } = useRoom();
  const others = orderPeers(state.value, session.peerId).filter((peer) => peer.peerId !== session.peerId);
  return (
    <div class="stage-empty">
      <Icon name="camera-off" />
      <strong>{t('stage.empty')}</strong>
      <p>
        {others.length === 0
          ? t('stage.alone')
          : t('stage.there', { names: others.map((peer) => peer.name).join(', ') })}
      </p>
    </div>
  );
}

function SpotlightKey(props: { source: RemoteSource }): JSX.Element | null {
  const { session, state } = useRoom();
  const { producerId } = props.source;
  const lit = state.value.spotlight === producerId;
  if (state.value.leadPeerId !== session.peerId) {
    return lit ? (
      <span class="stage-note">
        <Icon name="spot" />
        {t('stage.spotlit')}
      </span>
    ) : null;
  }
  const toggle = () => session.request('room.spotlight', { producerId: lit ? null : producerId });
  return (
    <button
      type="button"
      class="stage-key"
      aria-pressed={lit}
      aria-label={lit ? t('stage.unspot') : t('stage.spot')}
      onClick={() => start(toggle)}
    >
      <Icon name="spot" />
      <span>{lit ? t('stage.unspot') : t('stage.spot')}</span>
    </button>
  );
}

/** Says to screen readers when the picture stops being live and when it is live again. */
function useSpokenAge(kind: string, label: string): void {
  const before = useRef(kind);
  useEffect(() => {
    if (before.current === kind) return;
    if (kind === 'not-live') announce(t('stage.saidNotLive', { name: label }), 'urgent');
    else if (before.current === 'not-live' && kind === 'live') announce(t('stage.saidLive', { name: label }));
    before.current = kind;
  }, [kind, label]);
}

export function Stage(props: {
  source: RemoteSource;
  stage: RefObject<HTMLDivElement | null>;
  video: RefObject<HTMLVideoElement | null>;
  zoom: ZoomControl;
  /** Blurred until the person chooses to look. */
  veiled?: boolean;
  /** Lies on the picture and is zoomed with it. */
  on?: ComponentChildren;
  /** Lies over the view of the picture, and passes on what it does not use. */
  over?: ComponentChildren;
  /** Stands over the picture. */
  children?: ComponentChildren;
}): JSX.Element {
  const { source, stage, video } = props;
  const veiled = props.veiled === true ? ' veiled' : '';
  const { scale, x, y } = props.zoom.zoom;
  const view = useSource(source);
  const { speaking } = useRoom();
  useReportedSize(stage, source.producerId, { zoom: scale, priority: 10 });
  useSpokenAge(view.kind, sourceName(source.info.label));
  const speaks = speaking.value.includes(source.peerId);
  return (
    <section
      class={`stage-picture${speaks ? ' speaking' : ''}${scale > 1 ? ' zoomed' : ''}${veiled}`}
      aria-label={t('stage.label', { name: sourceName(source.info.label) })}
    >
      <div class="stage-view" ref={stage}>
        <div class="stage-move" style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}>
          <PictureBox source={source} view={view} video={video} />
          {props.on}
        </div>
        {props.over}
      </div>
      <div class="stage-top">
        <PictureCaption source={source} />
        <span class="grow" />
        {scale > 1 ? (
          <span class="stage-note figures">{t('stage.zoom', { n: formatNumber(scale, 1) })}</span>
        ) : null}
        <SpotlightKey source={source} />
      </div>
      {props.children}
      <AgeLabel view={view} large />
    </section>
  );
}
