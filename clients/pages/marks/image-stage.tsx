/** A shared picture as the large one: zoomed and drawn on like a camera's. */
import type { JSX, RefObject } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ImageState } from '../../../signaling/protocol/state-marks.ts';
import { t } from '../../i18n/index.ts';
import { Icon } from '../../ui/icons.tsx';
import type { ZoomControl } from '../consult/use-zoom.ts';
import { useRoom } from '../live/live-room.ts';
import type { Drawing } from './drawing.ts';
import { MarkSaid } from './mark-said.tsx';
import { MarkOverlay } from './overlay.tsx';
import { floorOf } from './scene-view.ts';
import { ImageSurface } from './surfaces.ts';
import { imagePath } from './use-images.ts';

export function ImageStage(props: {
  image: ImageState;
  drawing: Drawing;
  stage: RefObject<HTMLDivElement | null>;
  picture: RefObject<HTMLImageElement | null>;
  zoom: ZoomControl;
  onBack: (() => void) | undefined;
}): JSX.Element {
  const { session, state } = useRoom();
  const { image, drawing, stage, picture, onBack } = props;
  const { imageId, name } = image;
  const [failed, setFailed] = useState(false);
  const [, setLoaded] = useState(false);
  const { scale, x, y } = props.zoom.zoom;
  const on = useMemo(
    () => new ImageSurface(drawing, imageId, () => picture.current),
    [drawing, imageId, picture],
  );
  const floor = floorOf(state.value, session.peerId, on.surface);
  return (
    <section class={`stage-picture${scale > 1 ? ' zoomed' : ''}`} aria-label={t('image.stage', { name })}>
      <div class="stage-view" ref={stage}>
        <div class="stage-move" style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}>
          <div class="picture-box">
            <img
              ref={picture}
              class="picture"
              src={imagePath(session.roomId, imageId)}
              alt={name}
              draggable={false}
              onLoad={() => setLoaded(true)}
              onError={() => setFailed(true)}
            />
          </div>
        </div>
        <MarkOverlay drawing={drawing} on={on} zoom={props.zoom.zoom} mayDraw={floor.may} />
      </div>
      <div class="stage-top">
        <span class="picture-caption">
          <Icon name="mark-image" />
          <span class="caption-name one-line">{name}</span>
          <span class="caption-owner one-line">
            {t('image.shownBy', { name: state.value.peers[image.peerId]?.name ?? '' })}
          </span>
        </span>
        <span class="grow" />
        {onBack === undefined ? null : (
          <button type="button" class="stage-key" onClick={onBack}>
            <Icon name="camera" />
            <span>{t('image.back')}</span>
          </button>
        )}
      </div>
      <MarkSaid drawing={drawing} on={on} />
      {failed ? (
        <div class="age-label middle large">
          <Icon name="warn" />
          <span>{t('image.missing')}</span>
        </div>
      ) : null}
    </section>
  );
}

/** A tile of the strip for a shared picture. */
export function ImageTile(props: { image: ImageState; current: boolean; onSelect: () => void }): JSX.Element {
  const { session } = useRoom();
  const { image, current, onSelect } = props;
  return (
    <button
      type="button"
      class={`strip-tile${current ? ' current' : ''}`}
      aria-pressed={current}
      onClick={onSelect}
    >
      <span class="visually-hidden">{t('tile.makeMain')}</span>
      <span class="picture-box">
        <img class="picture" src={imagePath(session.roomId, image.imageId)} alt="" />
      </span>
      <span class="picture-caption">
        <Icon name="mark-image" />
        <span class="caption-name one-line">{image.name}</span>
      </span>
    </button>
  );
}
