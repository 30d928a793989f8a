/** What stands over and beside a frozen picture: that it is frozen, of when, how sharp it is by now, and the live one in a corner. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { StillFetch } from '../../core/stills/types.ts';
import type { RemoteSource } from '../../core/types.ts';
import { formatSeconds, formatTime } from '../../i18n/format.ts';
import { lookUp, t } from '../../i18n/index.ts';
import { useChanges } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { AgeLabel, PictureBox, useSource } from '../live/video-tile.tsx';
import type { Drawing } from './drawing.ts';
import type { Frozen } from './frozen.ts';
import { MarkOverlay } from './overlay.tsx';
import { VideoSurface } from './surfaces.ts';

/** Puts a canvas that lives elsewhere into the page. */
function Picture(props: { canvas: HTMLCanvasElement }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const { canvas } = props;
  useEffect(() => {
    canvas.classList.add('picture');
    place.current?.replaceChildren(canvas);
  }, [canvas]);
  return <div class="frozen-picture" ref={place} />;
}

/** The frozen frame itself; stands where the live picture stands, and zooms with it. */
export function FrozenPicture(props: { frozen: Frozen }): JSX.Element {
  const { frozen } = props;
  useChanges(frozen.still);
  const still = frozen.picture.value === 'still' ? frozen.still?.canvas : undefined;
  return <Picture canvas={still ?? frozen.frame.canvas} />;
}

function stillText(still: StillFetch): string {
  const { status, progress, width, height, error } = still;
  const n = Math.round(progress * 100);
  switch (status) {
    case 'coarse':
      return t('freeze.still.coarse', { n });
    case 'area':
      return t('freeze.still.area', { n });
    case 'complete':
      return t('freeze.still.complete', { size: `${width ?? 0} × ${height ?? 0}` });
    case 'failed':
      return lookUp(`freeze.still.${String(error?.details?.reason ?? '')}`) ?? t('freeze.still.failed');
    default:
      return t(`freeze.still.${status}`);
  }
}

/** Says that this is not live, of when it is, and how far the full frame has come. */
export function FrozenNote(props: { frozen: Frozen; onBack: () => void }): JSX.Element {
  const { frozen } = props;
  const { still } = frozen;
  useChanges(still);
  const offset = frozen.picture.value === 'still' ? still?.offsetMs : undefined;
  return (
    <div class="frozen-note">
      <strong>
        <Icon name="freeze" />
        {t('freeze.label')}
      </strong>
      <span class="figures">
        {t('freeze.frameOf', { time: formatTime(frozen.frame.utc) })}
        {offset === undefined
          ? ''
          : ` · ${t('freeze.off', { offset: `${(Math.abs(offset) / 1000).toFixed(2)} s` })}`}
      </span>
      {still === undefined ? null : (
        <span class="frozen-still" role="status">
          {still.status === 'complete' || still.status === 'failed' || still.status === 'cancelled' ? null : (
            <progress value={still.progress} max={1} aria-label={stillText(still)} />
          )}
          {stillText(still)}
        </span>
      )}
      <button type="button" class="stage-key" aria-keyshortcuts="Escape" onClick={props.onBack}>
        <Icon name="play" />
        <span>{t('freeze.back')}</span>
      </button>
    </div>
  );
}

/** The live picture while another one is frozen, with its age and its marks. */
export function LiveCorner(props: { source: RemoteSource; drawing: Drawing }): JSX.Element {
  const { source, drawing } = props;
  const view = useSource(source);
  const video = useRef<HTMLVideoElement>(null);
  const on = useMemo(
    () => new VideoSurface(drawing, { producerId: source.producerId, video: () => video.current }),
    [drawing, source],
  );
  return (
    <section class="live-corner" aria-label={t('freeze.liveLabel')}>
      <PictureBox source={source} view={view} video={video} />
      <MarkOverlay drawing={drawing} on={on} mayDraw={false} />
      {view.kind === 'live' ? (
        <span class="live-tag">
          {t('freeze.live')}
          {source.frameAgeMs === undefined ? '' : ` · ${formatSeconds(source.frameAgeMs)}`}
        </span>
      ) : (
        <AgeLabel view={view} />
      )}
    </section>
  );
}
