/** The time bar: one slider over everything that happened, with a picture of the place that is pointed at. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { MARK_KINDS, shownMarks } from '../../core/review/marks.ts';
import { t } from '../../i18n/index.ts';
import { useChanges } from '../../ui/hooks.ts';
import { MarkPath } from './mark-shape.tsx';
import { clockAt, type Reviewing, usePosition, useReviewing, wallAt } from './reviewing.ts';
import { atOf, bands, clusters, type Scale, thumbnailAt, ticks, xOf } from './timeline-view.ts';

const TICKS_PX = 20;
const LANE_PX = 8;
const KIND_PX = 13;
const STEPS_MS: Readonly<Record<string, number>> = {
  ArrowLeft: -5000,
  ArrowDown: -5000,
  ArrowRight: 5000,
  ArrowUp: 5000,
  PageDown: -30_000,
  PageUp: 30_000,
};

function useWidth(): { place: { current: HTMLDivElement | null }; width: number } {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const read = () => setWidth(element.clientWidth);
    const sizes = new ResizeObserver(read);
    sizes.observe(element);
    read();
    return () => sizes.disconnect();
  }, []);
  return { place, width };
}

function Hatching(): JSX.Element {
  return (
    <defs>
      <pattern
        id="hatch-gap"
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect class="hatch-gap" width="6" height="6" />
        <rect class="hatch-gap-line" width="2.5" height="6" />
      </pattern>
      <pattern id="hatch-filled" width="5" height="5" patternUnits="userSpaceOnUse">
        <rect class="hatch-filled" width="5" height="5" />
        <rect class="hatch-filled-line" width="2.5" height="5" />
      </pattern>
    </defs>
  );
}

/** Everything that stays while the playhead moves. */
function Drawing(props: { scale: Scale; reviewing: Reviewing }): JSX.Element {
  const { scale, reviewing } = props;
  const { session, player, hidden } = reviewing;
  const marks = shownMarks(session.view.marks, hidden);
  const kinds = MARK_KINDS.filter((kind) => session.view.marks.some((mark) => mark.kind === kind));
  const lanesAt = TICKS_PX + kinds.length * KIND_PX + 4;
  const height = lanesAt + player.lanes.length * LANE_PX + 2;
  return (
    <svg class="time-drawing" width={scale.width} height={height} aria-hidden="true" focusable="false">
      <Hatching />
      {ticks(scale).map(({ at, x }) => (
        <g key={at} class="tick">
          <line x1={x} x2={x} y1={TICKS_PX - 5} y2={height} />
          <text x={x + 3} y={12}>
            {clockAt(reviewing, at)}
          </text>
        </g>
      ))}
      {clusters(scale, marks).map((cluster) => (
        <g key={`${cluster.kind}${cluster.at}`}>
          <MarkPath
            kind={cluster.kind}
            x={cluster.x}
            y={TICKS_PX + kinds.indexOf(cluster.kind) * KIND_PX + KIND_PX / 2}
          />
        </g>
      ))}
      {player.lanes.map((lane, row) => {
        const y = lanesAt + row * LANE_PX;
        const x = xOf(scale, lane.track.from);
        const width = Math.max(2, xOf(scale, lane.track.to) - x);
        return (
          <g key={lane.trackId} class={`lane ${lane.kind}`}>
            <rect class="lane-media" x={x} y={y} width={width} height={LANE_PX - 2} />
            {bands(scale, lane.gaps).map((band) => (
              <rect
                key={`${band.x}${band.sort}`}
                class={`lane-${band.sort}`}
                x={band.x}
                y={y}
                width={band.width}
                height={LANE_PX - 2}
              />
            ))}
          </g>
        );
      })}
    </svg>
  );
}

/** Time and thumbnail of the place under the pointer, or of the playhead while the bar has the focus. */
function Preview(props: { scale: Scale; at: number }): JSX.Element {
  const reviewing = useReviewing();
  const { session, player } = reviewing;
  const { scale, at } = props;
  const track = session.view.tracks.find(({ trackId }) => trackId === player.large);
  const thumbnail =
    track === undefined || at < track.from || at > track.to ? undefined : thumbnailAt(track.thumbnails, at);
  const x = xOf(scale, at);
  const shift = x < 100 ? 'start' : x > scale.width - 100 ? 'end' : 'middle';
  return (
    <div class={`time-preview ${shift}`} style={{ left: `${x}px` }} aria-hidden="true">
      {thumbnail === undefined ? (
        <span class="time-preview-none">{t('bar.noThumb')}</span>
      ) : (
        <img src={session.api.fileUrl(thumbnail.file)} alt="" />
      )}
      <span class="figures">
        {clockAt(reviewing, at)} · {wallAt(reviewing, at)}
      </span>
    </div>
  );
}

function Playhead(props: { scale: Scale }): JSX.Element {
  const { player } = useReviewing();
  const position = usePosition(player, 100);
  return <div class="playhead" style={{ left: `${xOf(props.scale, position)}px` }} />;
}

/** `aria-valuetext` follows in steps that a screen reader can keep up with. */
function useSpokenValue(reviewing: Reviewing): { now: number; text: string } {
  const { player, session } = reviewing;
  const position = usePosition(player, 1000);
  const text = t('bar.value', {
    clock: clockAt(reviewing, position),
    all: clockAt(reviewing, session.view.to),
    wall: wallAt(reviewing, position),
  });
  return { now: Math.round(position), text };
}

export function TimeBar(): JSX.Element {
  const reviewing = useReviewing();
  const { session, player } = reviewing;
  useChanges(player);
  const { place, width } = useWidth();
  const [pointed, setPointed] = useState<number>();
  const [focused, setFocused] = useState(false);
  const spoken = useSpokenValue(reviewing);
  const { from, to } = session.view;
  const scale: Scale = { from, to, width };
  const atEvent = (event: PointerEvent) =>
    atOf(scale, event.clientX - (place.current?.getBoundingClientRect().left ?? 0));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = STEPS_MS[event.key];
    if (step !== undefined) player.seek(player.position + (event.shiftKey ? Math.sign(step) * 1000 : step));
    else if (event.key === 'Home') player.seek(from);
    else if (event.key === 'End') player.seek(to);
    else return;
    event.preventDefault();
  };
  return (
    <div
      class="time-bar"
      ref={place}
      role="slider"
      tabIndex={0}
      aria-label={t('bar.label')}
      aria-valuemin={Math.round(from)}
      aria-valuemax={Math.round(to)}
      aria-valuenow={spoken.now}
      aria-valuetext={spoken.text}
      onKeyDown={onKeyDown}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        player.seek(atEvent(event));
      }}
      onPointerMove={(event) => {
        const at = atEvent(event);
        setPointed(at);
        if (event.currentTarget.hasPointerCapture(event.pointerId)) player.seek(at);
      }}
      onPointerLeave={() => setPointed(undefined)}
    >
      {width === 0 ? null : <Drawing scale={scale} reviewing={reviewing} />}
      <Playhead scale={scale} />
      {pointed !== undefined ? (
        <Preview scale={scale} at={pointed} />
      ) : focused ? (
        <Preview scale={scale} at={spoken.now} />
      ) : null}
    </div>
  );
}
