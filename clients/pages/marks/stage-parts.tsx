/** The large picture of a camera with everything of marks on it, and the strip under it. */
import type { JSX, RefObject } from 'preact';
import type { ImageState } from '../../../signaling/protocol/state-marks.ts';
import type { RemoteSource } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { Stage } from '../consult/stage.tsx';
import type { ZoomControl } from '../consult/use-zoom.ts';
import { StripTile } from '../live/video-tile.tsx';
import { FrozenNote, FrozenPicture, LiveCorner } from './frozen-view.tsx';
import { ImageTile } from './image-stage.tsx';
import { MarkSaid } from './mark-said.tsx';
import { MarkOverlay } from './overlay.tsx';
import type { MarkStage } from './use-mark-stage.ts';

export function CameraStage(props: {
  source: RemoteSource;
  stage: RefObject<HTMLDivElement | null>;
  video: RefObject<HTMLVideoElement | null>;
  zoom: ZoomControl;
  /** Undefined until the marks of the room are there. */
  marks: MarkStage | undefined;
}): JSX.Element {
  const { source, stage, video, zoom, marks } = props;
  if (marks === undefined) return <Stage source={source} stage={stage} video={video} zoom={zoom} />;
  const { drawing, surface, frozen, freeze, floor } = marks;
  return (
    <Stage
      source={source}
      stage={stage}
      video={video}
      zoom={zoom}
      on={frozen === undefined ? null : <FrozenPicture frozen={frozen} />}
      over={<MarkOverlay drawing={drawing} on={surface} zoom={zoom.zoom} mayDraw={floor.may} />}
    >
      {frozen === undefined ? null : <FrozenNote frozen={frozen} onBack={freeze.toggle} />}
      {frozen === undefined ? null : <LiveCorner source={source} drawing={drawing} />}
      <MarkSaid drawing={drawing} on={surface} />
    </Stage>
  );
}

/** Cameras and shared pictures, each a key that makes it the large one. */
export function PictureStrip(props: {
  pictures: readonly RemoteSource[];
  images: readonly ImageState[];
  current: string | undefined;
  onSelect: (id: string) => void;
}): JSX.Element | null {
  const { pictures, images, current, onSelect } = props;
  if (pictures.length + images.length < 2) return null;
  return (
    <ul class="strip" aria-label={t('strip.label')}>
      {pictures.map((source, index) => (
        <li key={source.producerId}>
          <StripTile
            source={source}
            number={index + 1}
            current={source.producerId === current}
            onSelect={() => onSelect(source.producerId)}
          />
        </li>
      ))}
      {images.map((image) => (
        <li key={image.imageId}>
          <ImageTile
            image={image}
            current={image.imageId === current}
            onSelect={() => onSelect(image.imageId)}
          />
        </li>
      ))}
    </ul>
  );
}
