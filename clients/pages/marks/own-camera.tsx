/** Cameras of this device: their marks are followed here, and whoever stands beside them draws on them too. */
import type { JSX, RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { createWearerMarks, type WearerMarks } from '../../core/marks/index.ts';
import { createFrameRing } from '../../core/stills/index.ts';
import type { LocalSource } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import type { Drawing } from './drawing.ts';
import { FrozenNote, FrozenPicture } from './frozen-view.tsx';
import { MarkSaid } from './mark-said.tsx';
import { MarkOverlay } from './overlay.tsx';
import { VideoSurface } from './surfaces.ts';
import { MarkToolbar } from './toolbar.tsx';
import { useDrawing } from './use-drawing.tsx';
import { useMarkStage } from './use-mark-stage.ts';

export type OwnMarks = ReadonlyMap<string, WearerMarks>;

interface Followed {
  readonly marks: WearerMarks;
  close(): void;
}

/**
 * Follows the marks on each published camera of this device, and keeps its last frames for whoever draws on them. One for each
 * camera and page: two would tell two places.
 */
export function useOwnMarks(sources: readonly LocalSource[]): OwnMarks {
  const { session } = useRoom();
  const known = useRef(new Map<string, Followed>());
  const [own, setOwn] = useState<OwnMarks>(new Map());
  const ids = sources.map((source) => source.producerId).join(' ');
  useEffect(() => {
    const followed = known.current;
    for (const [producerId, each] of followed) {
      if (sources.some((source) => source.producerId === producerId)) continue;
      followed.delete(producerId);
      each.close();
    }
    for (const source of sources) {
      if (followed.has(source.producerId)) continue;
      const marks = createWearerMarks(session, source);
      const ring = createFrameRing(session, source);
      const close = () => {
        ring.close();
        marks.close();
      };
      followed.set(source.producerId, { marks, close });
    }
    setOwn(new Map([...followed].map(([producerId, { marks }]) => [producerId, marks])));
  }, [session, ids]);
  useEffect(() => {
    const followed = known.current;
    return () => {
      for (const [producerId, each] of [...followed]) {
        followed.delete(producerId);
        each.close();
      }
    };
  }, []);
  return own;
}

const nothing = () => [];

function useLive(marks: WearerMarks | undefined): () => WearerMarks['shown'] {
  return useMemo(() => (marks === undefined ? nothing : () => marks.shown), [marks]);
}

/** Marks over the small picture of a camera, to look at. */
export function OwnMarksView(props: {
  source: LocalSource;
  marks: WearerMarks | undefined;
  video: RefObject<HTMLVideoElement | null>;
}): JSX.Element | null {
  const { source, marks, video } = props;
  const { producerId } = source;
  const drawing = useDrawing();
  const live = useLive(marks);
  const on = useMemo(
    () => drawing && new VideoSurface(drawing, { producerId, video: () => video.current, live }),
    [drawing, producerId, video, live],
  );
  if (drawing === undefined || on === undefined) return null;
  return (
    <>
      <MarkOverlay drawing={drawing} on={on} mayDraw={false} />
      <MarkSaid drawing={drawing} on={on} />
    </>
  );
}

interface StageProps {
  readonly source: LocalSource;
  readonly marks: WearerMarks | undefined;
  readonly onBack: () => void;
}

/** A camera of this device as large as the page, with tools for gloves. */
export function OwnCameraStage(props: StageProps): JSX.Element | null {
  const drawing = useDrawing();
  return drawing === undefined ? null : <DrawStage {...props} drawing={drawing} />;
}

function DrawStage(props: StageProps & { drawing: Drawing }): JSX.Element | null {
  const { source, marks, drawing, onBack } = props;
  const video = useRef<HTMLVideoElement>(null);
  const stage = useMarkStage(drawing, source.producerId, video, useLive(marks));
  const { track } = source;
  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    element.srcObject = new MediaStream([track]);
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  // The pen is in hand at once; on leaving, no key of the page draws any more.
  useEffect(() => {
    drawing.choose('stroke');
    return () => drawing.choose(undefined);
  }, [drawing]);
  if (stage === undefined) return null;
  const { surface, frozen, freeze, floor } = stage;
  return (
    <section class="draw-full" aria-label={t('marks.drawHere', { name: source.info.label })}>
      <div class="draw-picture">
        <video ref={video} class="picture" muted playsInline autoPlay />
        {frozen === undefined ? null : <FrozenPicture frozen={frozen} />}
        <MarkOverlay drawing={drawing} on={surface} mayDraw={floor.may} />
        {frozen === undefined ? null : <FrozenNote frozen={frozen} onBack={freeze.toggle} />}
        <MarkSaid drawing={drawing} on={surface} />
        <button type="button" class="button gloves draw-back" onClick={onBack}>
          <Icon name="back" />
          {t('marks.done')}
        </button>
      </div>
      <MarkToolbar
        drawing={drawing}
        floor={floor}
        freeze={freeze}
        gloves
        patientId={drawing.patientFor(surface.surface)}
      />
    </section>
  );
}
