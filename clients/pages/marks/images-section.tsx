/** Shared pictures: add one, open or close it for everybody, pin it to the patient, or put it into the corner of a display. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { CORNERS, type Corner } from '../../../ar-annotations/scene/types.ts';
import type { ImageState } from '../../../signaling/protocol/state-marks.ts';
import { t } from '../../i18n/index.ts';
import { act, start, tell } from '../../ui/announcer.tsx';
import { IconButton, inputValue, PanelTitle } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import type { Drawing } from './drawing.ts';
import { filesOf } from './image-file.ts';
import { floorOf } from './scene-view.ts';
import { shareImage } from './send-image.ts';
import { imagePath } from './use-images.ts';

function Row(props: {
  image: ImageState;
  drawing: Drawing;
  mayDraw: boolean;
  producerId: string | undefined;
  /** Undefined: the camera again. */
  onOpen: (imageId: string | undefined) => void;
}): JSX.Element {
  const { session, state } = useRoom();
  const { image, drawing, mayDraw, producerId, onOpen } = props;
  const { imageId, name, shown } = image;
  const show = () => session.request('image.show', { imageId, shown: !shown });
  const toCorner = (value: string) => {
    const corner = CORNERS.find((each) => each === value);
    if (corner === undefined || producerId === undefined) return;
    start(() => putIntoCorner(drawing, image, producerId, corner));
  };
  return (
    <li class="image-row">
      <button
        type="button"
        class="image-open"
        onClick={() => onOpen(imageId)}
        aria-label={t('image.open', { name })}
      >
        <img src={imagePath(session.roomId, imageId)} alt="" loading="lazy" />
      </button>
      <div class="grow stack tight">
        <strong class="one-line">{name}</strong>
        <span class="small soft one-line">{state.value.peers[image.peerId]?.name ?? ''}</span>
        {mayDraw ? (
          <div class="row tight-row">
            <IconButton
              class="small-button"
              icon={shown ? 'eye' : 'eye-off'}
              pressed={shown}
              label={shown ? t('image.hideAll', { name }) : t('image.showAll', { name })}
              onClick={() => start(show)}
            />
            <IconButton
              class="small-button"
              icon="pin"
              label={t('image.project', { name })}
              onClick={() => {
                drawing.image.value = { imageId, aspect: image.width / image.height };
                drawing.choose('image');
                // It is pinned to what a camera shows.
                if (producerId === undefined) onOpen(undefined);
              }}
            />
            {producerId === undefined ? null : (
              <select
                class="input small-button"
                aria-label={t('image.toCorner', { name })}
                value=""
                onChange={(event) => toCorner(inputValue(event))}
              >
                <option value="">{t('marks.corner')}</option>
                {CORNERS.map((corner) => (
                  <option key={corner} value={corner}>
                    {t(`image.corner.${corner}`)}
                  </option>
                ))}
              </select>
            )}
          </div>
        ) : null}
      </div>
    </li>
  );
}

/** Width of an image in a corner, in parts of the display. */
const CORNER_WIDTH = 0.35;
/** A display of usual form; the corners give the size alone. */
const DISPLAY_ASPECT = 16 / 9;

async function putIntoCorner(
  drawing: Drawing,
  { imageId, width, height }: ImageState,
  producerId: string,
  corner: Corner,
): Promise<void> {
  const surface = { kind: 'video', producerId } as const;
  const tall = Math.min(0.6, (CORNER_WIDTH * DISPLAY_ASPECT * height) / width);
  const wide = (tall * width) / height / DISPLAY_ASPECT;
  const pen = drawing.marks.begin({
    kind: 'image',
    surface,
    anchor: { kind: 'corner', corner },
    patientId: drawing.patientFor(surface),
    aspect: DISPLAY_ASPECT,
    at: { x: 0, y: 0 },
  });
  pen.shape({
    kind: 'image',
    imageId,
    corners: [
      { x: 0, y: 0 },
      { x: wide, y: 0 },
      { x: wide, y: tall },
      { x: 0, y: tall },
    ],
  });
  try {
    await pen.finish();
  } catch (error) {
    pen.cancel();
    throw error;
  }
  tell(t('image.cornerDone'), 'good');
}

/** Pictures that are pasted anywhere on the page, unless somebody types. */
function usePaste(onFiles: (files: readonly File[]) => void, isOn: boolean): void {
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    if (!isOn) return undefined;
    const listen = (event: ClipboardEvent) => {
      const files = filesOf(event.clipboardData);
      if (files.length === 0) return;
      event.preventDefault();
      latest.current(files);
    };
    document.addEventListener('paste', listen);
    return () => document.removeEventListener('paste', listen);
  }, [isOn]);
}

export function ImagesSection(props: {
  drawing: Drawing;
  producerId: string | undefined;
  /** Undefined: the camera again. */
  onOpen: (imageId: string | undefined) => void;
}): JSX.Element {
  const { session, state } = useRoom();
  const { drawing, producerId, onOpen } = props;
  const [sending, setSending] = useState<string>();
  const mayDraw = floorOf(state.value, session.peerId, undefined).may;
  const send = async (files: readonly File[]) => {
    for (const file of files) {
      setSending(file.name);
      await act(async () => {
        const imageId = await shareImage(session, file);
        if (imageId !== undefined) onOpen(imageId);
      });
    }
    setSending(undefined);
  };
  usePaste((files) => void send(files), mayDraw);
  const { images } = state.value.marks;
  return (
    <section
      class="stack"
      aria-label={t('image.title')}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        if (mayDraw) void send(filesOf(event.dataTransfer));
      }}
    >
      <PanelTitle icon="mark-image">{t('image.title')}</PanelTitle>
      {images.length === 0 ? <p class="soft small">{t('image.none')}</p> : null}
      <ul class="image-list">
        {images.toReversed().map((image) => (
          <Row
            key={image.imageId}
            image={image}
            drawing={drawing}
            mayDraw={mayDraw}
            producerId={producerId}
            onOpen={onOpen}
          />
        ))}
      </ul>
      {mayDraw ? (
        <>
          <label class="button image-add">
            <Icon name="plus" />
            <span>{sending === undefined ? t('image.add') : t('image.adding', { name: sending })}</span>
            <input
              type="file"
              class="visually-hidden"
              accept="image/jpeg,image/png,image/webp"
              multiple
              disabled={sending !== undefined}
              onChange={(event) => {
                const files = [...(event.currentTarget.files ?? [])];
                event.currentTarget.value = '';
                void send(files);
              }}
            />
          </label>
          <p class="small soft">{t('image.addHint')}</p>
        </>
      ) : null}
    </section>
  );
}
