/** One picture with everything a viewer must know about it: whose, which patient, which rung, how old. */

import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RemoteSource, StillImage } from '../../core/types.ts';
import { formatSeconds } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { useChanges } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from './live-room.ts';
import { nameOf, patientTitle } from './names.ts';
import { RungTag } from './rung-tag.tsx';
import { sourceName } from './source-name.ts';
import { type AgeView, ageView, isFourK } from './source-view.ts';
import { shownPixels } from './views.ts';

/** Renders again when the source changes, and 4 times a second for the age of its picture. */
export function useSource(source: RemoteSource): AgeView {
  useChanges(source);
  const [, setTick] = useState(0);
  const view = ageView(source.freshness, source.frameAgeMs);
  useEffect(() => {
    let last = '';
    const timer = setInterval(() => {
      const now = ageView(source.freshness, source.frameAgeMs);
      const text = 'ageMs' in now ? `${now.kind} ${Math.floor((now.ageMs ?? 0) / 100)}` : now.kind;
      if (text !== last) setTick((old) => old + 1);
      last = text;
    }, 250);
    return () => clearInterval(timer);
  }, [source]);
  return view;
}

/** Tells the session how large a tile is, for as long as it is on screen. */
export function useReportedSize(
  element: RefObject<HTMLElement | null>,
  producerId: string,
  options: { zoom: number; priority: number },
): void {
  const { views } = useRoom();
  const { zoom, priority } = options;
  useEffect(() => {
    const tile = element.current;
    if (tile === null) return undefined;
    const key = {};
    let inView = true;
    const report = () => {
      const { width, height } = tile.getBoundingClientRect();
      views.report(key, {
        producerId,
        width: shownPixels(width, devicePixelRatio, zoom),
        height: shownPixels(height, devicePixelRatio, zoom),
        visible: inView && document.visibilityState === 'visible' && width > 0,
        priority,
      });
    };
    const sizes = new ResizeObserver(report);
    const sight = new IntersectionObserver((entries) => {
      inView = entries.at(-1)?.isIntersecting ?? true;
      report();
    });
    sizes.observe(tile);
    sight.observe(tile);
    document.addEventListener('visibilitychange', report);
    return () => {
      sizes.disconnect();
      sight.disconnect();
      document.removeEventListener('visibilitychange', report);
      views.report(key, undefined);
    };
  }, [element, views, producerId, zoom, priority]);
}

function StillPicture(props: { still: StillImage }): JSX.Element {
  const [url, setUrl] = useState<string>();
  const { blob } = props.still;
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url === undefined ? <span class="picture" /> : <img class="picture" src={url} alt="" />;
}

/** The moving or still picture itself, greyed when it is not live. */
export function PictureBox(props: {
  source: RemoteSource;
  view: AgeView;
  video?: RefObject<HTMLVideoElement | null>;
}): JSX.Element {
  const own = useRef<HTMLVideoElement>(null);
  const video = props.video ?? own;
  const { source, view } = props;
  useEffect(() => {
    const element = video.current;
    return element === null ? undefined : source.attach(element);
  }, [source, video]);
  const grey = view.kind === 'not-live' || (view.kind === 'still' && view.ageMs !== undefined);
  return (
    <div class={grey ? 'picture-box grey' : 'picture-box'}>
      <video ref={video} class="picture" muted playsInline autoPlay hidden={view.kind === 'still'} />
      {view.kind === 'still' && source.still !== undefined ? <StillPicture still={source.still} /> : null}
    </div>
  );
}

/** The words over the picture when it is anything but live. */
export function AgeLabel(props: { view: AgeView; large?: boolean }): JSX.Element | null {
  const { view } = props;
  const size = props.large === true ? ' large' : '';
  switch (view.kind) {
    case 'live':
      return null;
    case 'waiting':
      return (
        <div class={`age-label middle${size}`}>
          <span class="spinner" aria-hidden="true" />
          <span>{t('tile.waiting')}</span>
        </div>
      );
    case 'none':
      return (
        <div class={`age-label middle${size}`}>
          <Icon name="camera-off" />
          <span>{t('tile.none')}</span>
        </div>
      );
    case 'age':
      return (
        <div class={`age-label age${size}`}>
          <Icon name="clock" />
          <span class="figures">{t('tile.age', { age: formatSeconds(view.ageMs) })}</span>
        </div>
      );
    case 'still':
      return (
        <div class={`age-label still${size}`}>
          <Icon name="snapshot" />
          <strong>{t('tile.still')}</strong>
          {view.ageMs === undefined ? null : <span class="figures">{formatSeconds(view.ageMs)}</span>}
        </div>
      );
    case 'not-live':
      return (
        <div class={`age-label middle not-live${size}`}>
          <strong>{t('tile.notLive')}</strong>
          {view.ageMs === undefined ? null : (
            <span class="figures">{t('tile.lastPicture', { age: formatSeconds(view.ageMs) })}</span>
          )}
        </div>
      );
  }
}

/** Source, owner, patient, 4K and rung in one line. */
export function PictureCaption(props: { source: RemoteSource; compact?: boolean }): JSX.Element {
  const { state } = useRoom();
  const { source } = props;
  useChanges(source);
  const { info } = source;
  const patient = patientTitle(state.value, info.patientId) ?? t('patient.scene');
  const owner = nameOf(state.value, source.peerId);
  return (
    <span class="picture-caption">
      <span class="patient-chip one-line">{patient}</span>
      <span class="caption-name one-line">{sourceName(info.label)}</span>
      {props.compact === true || owner === undefined ? null : (
        <span class="caption-owner one-line">{owner}</span>
      )}
      {isFourK(info) ? <span class="four-k">4K</span> : null}
      <RungTag rung={source.rung} compact={props.compact === true} />
    </span>
  );
}

/** A tile of the strip: a button that makes its picture the main one. */
export function StripTile(props: {
  source: RemoteSource;
  number: number;
  current: boolean;
  onSelect: () => void;
  children?: ComponentChildren;
}): JSX.Element {
  const { source } = props;
  const element = useRef<HTMLButtonElement>(null);
  const view = useSource(source);
  const { speaking } = useRoom();
  useReportedSize(element, source.producerId, { zoom: 1, priority: 3 });
  const speaks = speaking.value.includes(source.peerId);
  return (
    <button
      type="button"
      ref={element}
      class={`strip-tile${props.current ? ' current' : ''}${speaks ? ' speaking' : ''}`}
      aria-pressed={props.current}
      aria-keyshortcuts={props.number <= 9 ? String(props.number) : undefined}
      onClick={props.onSelect}
    >
      <span class="visually-hidden">{t('tile.makeMain')}</span>
      <PictureBox source={source} view={view} />
      <AgeLabel view={view} />
      {props.number <= 9 ? <kbd class="tile-number">{props.number}</kbd> : null}
      <PictureCaption source={source} compact />
    </button>
  );
}
