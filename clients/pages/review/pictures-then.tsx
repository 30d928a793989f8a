/** Shared images and kept stills up to the playhead, with the marks that stood on them then. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { drawMark } from '../../../ar-annotations/draw/draw.ts';
import type { ReplayedMark } from '../../../ar-annotations/replay/scene-replay.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { PanelTitle } from '../../ui/controls.tsx';
import { errorText } from '../../ui/error-text.ts';
import { useChanges } from '../../ui/hooks.ts';
import { paintMarks } from '../../ui/paint-marks.ts';
import { nameOf } from '../live/names.ts';
import { usePosition, useReviewing } from './reviewing.ts';

interface Shared {
  readonly id: string;
  readonly sha256: string;
  readonly title: string;
  readonly detail: string;
  readonly utc: number;
  readonly width: number;
  readonly height: number;
  readonly marks: readonly ReplayedMark[];
}

function Picture(props: { picture: Shared; drawnShown: boolean }): JSX.Element {
  const { session } = useReviewing();
  const { picture, drawnShown } = props;
  const { width, height, marks, title } = picture;
  const place = useRef<HTMLCanvasElement>(null);
  const [isBroken, setBroken] = useState(false);
  const key = JSON.stringify(marks.map(({ mark }) => [mark.markId, mark.shape]));
  useEffect(() => {
    const canvas = place.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (!drawnShown) return;
    for (const { mark, colour } of marks)
      paintMarks(context, drawMark({ mark, colour, opacity: 1 }, canvas), () => undefined);
  }, [key, drawnShown]);
  const scale = Math.min(1, 960 / width);
  return (
    <li class="stack tight">
      <div class="review-shared" style={{ aspectRatio: `${width} / ${height}` }}>
        {isBroken ? (
          <p class="soft small">{t('tile.problem.unreachable')}</p>
        ) : (
          <img
            src={session.api.fileUrl(`blobs/${picture.sha256}`)}
            alt={marks.length > 0 ? t('drawn.pictureAlt', { name: title }) : title}
            onError={() => setBroken(true)}
          />
        )}
        <canvas
          ref={place}
          width={Math.round(width * scale)}
          height={Math.round(height * scale)}
          data-marks={drawnShown ? marks.length : 0}
        />
      </div>
      <span>
        <strong>{title}</strong>
      </span>
      <span class="small soft">
        {[formatTime(picture.utc), picture.detail].filter((each) => each !== '').join(' · ')}
      </span>
    </li>
  );
}

export function PicturesThen(): JSX.Element {
  const { session, player, drawnShown } = useReviewing();
  useChanges(session);
  const position = usePosition(player, 300);
  const state = session.replay.stateAt(position);
  const pictures = [...imagesThen(), ...stillsThen()].sort((a, b) => b.utc - a.utc);
  const { problem } = session.drawn;
  return (
    <section class="stack tight">
      <PanelTitle icon="mark-image">{t('drawn.pictures')}</PanelTitle>
      {problem === undefined ? null : <p class="soft">{t('drawn.late', { why: errorText(problem) })}</p>}
      {pictures.length === 0 ? <p class="soft">{t('drawn.noPictures')}</p> : null}
      <ul class="stack loose">
        {pictures.map((picture) => (
          <Picture key={picture.id} picture={picture} drawnShown={drawnShown} />
        ))}
      </ul>
    </section>
  );

  function imagesThen(): Shared[] {
    return state.marks.images.map(({ imageId: id, name, peerId, ...picture }) => ({
      ...{ ...picture, id, title: name, detail: by(state, peerId) },
      marks: session.drawn.onImage(id, position),
    }));
  }

  function stillsThen(): Shared[] {
    return state.marks.stills.map(({ stillId: id, producerId, peerId, complete, ...picture }) => {
      const lane = player.lanes.find(({ trackId }) => trackId === producerId);
      const title = t('drawn.still', { name: lane?.track.title ?? t('tracks.messages') });
      const part = complete ? [] : [t('drawn.stillPart')];
      return {
        ...{ ...picture, id, title, detail: [by(state, peerId), ...part].join(' · ') },
        marks: session.drawn.onStill(producerId, id, position),
      };
    });
  }
}

function by(state: RoomState, peerId: string): string {
  return t('drawn.by', { name: nameOf(state, peerId) ?? t('people.gone') });
}
