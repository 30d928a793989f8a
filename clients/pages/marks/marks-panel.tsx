/** Every mark of the room with author, age and state; the shared pictures; and who may draw. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { authorStyle } from '../../../ar-annotations/draw/palette.ts';
import { measureText } from '../../../ar-annotations/scene/measure.ts';
import type { MarkState } from '../../../ar-annotations/scene/types.ts';
import { formatSpan } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { IconButton, PanelTitle, Tag } from '../../ui/controls.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { useNow } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { patientTitle, utcOf } from '../live/names.ts';
import { sourceName } from '../live/source-name.ts';
import type { Drawing } from './drawing.ts';
import { ImagesSection } from './images-section.tsx';
import { floorOf, leadsMarks, standingMarks } from './scene-view.ts';
import { FloorNote } from './toolbar.tsx';

/** `Arrow`, `Number 3`, `Words “here”`, `Length 42 ± 5 mm`. */
function markName({ shape }: MarkState): string {
  const kind = t(`marks.kind.${shape.kind}`);
  if (shape.kind === 'stamp') return `${kind} ${shape.number}`;
  if (shape.kind === 'text') return `${kind} “${shape.text}”`;
  return shape.kind === 'measure' ? `${kind} ${measureText(shape)}` : kind;
}

/** The author's letter on their colour, as it stands at their marks. */
export function AuthorBadge(props: { colour: number }): JSX.Element {
  const { colour, ink, letter } = authorStyle(props.colour);
  return (
    <span class="author-badge" style={{ background: colour, color: ink }} aria-hidden="true">
      {letter}
    </span>
  );
}

function MarkRow(props: { mark: MarkState; drawing: Drawing; now: number }): JSX.Element {
  const { state } = useRoom();
  const { mark, drawing, now } = props;
  const room = state.value;
  const { surface } = mark;
  const name = markName(mark);
  const hidden = drawing.hidden.value.has(mark.markId);
  const place =
    surface.kind === 'image'
      ? room.marks.images.find((image) => image.imageId === surface.imageId)?.name
      : sourceName(room.sources[surface.producerId]?.source.label ?? '');
  return (
    <li class={hidden ? 'mark-row hidden-mark' : 'mark-row'}>
      <AuthorBadge colour={room.marks.scene.authors[mark.author]?.colour ?? 0} />
      <span class="grow">
        <strong class="one-line">{name}</strong>
        <span class="small soft">
          {[
            room.peers[mark.author]?.name,
            patientTitle(room, mark.patientId) ?? t('patient.scene'),
            place,
            t('marks.age', { age: formatSpan(now - utcOf(room, mark.at)) }),
          ]
            .filter((each) => each !== undefined && each !== '')
            .join(' · ')}
        </span>
        {mark.truncated === true ? <Tag kind="warn">{t('marks.truncated')}</Tag> : null}
        {mark.anchor.kind === 'corner' ? <Tag icon="pin">{t('marks.corner')}</Tag> : null}
      </span>
      <IconButton
        class="small-button"
        icon={hidden ? 'eye-off' : 'eye'}
        label={hidden ? t('marks.showOne', { name }) : t('marks.hideOne', { name })}
        pressed={hidden}
        onClick={() => drawing.toggleHidden(mark.markId)}
      />
      {drawing.mayErase(mark) ? (
        <IconButton
          class="small-button"
          icon="mark-erase"
          label={t('marks.eraseOne', { name })}
          onClick={() => drawing.erase([mark.markId])}
        />
      ) : null}
    </li>
  );
}

function ClearAll(): JSX.Element {
  const { session } = useRoom();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button type="button" class="button" onClick={() => setAsking(true)}>
        <Icon name="mark-erase" />
        {t('marks.clearAll')}
      </button>
      {asking ? (
        <FormDialog
          title={t('marks.clearAll')}
          submit={t('marks.clearAll')}
          danger
          onSubmit={() =>
            start(async () => {
              if (await act(() => session.request('mark.clear', {}))) setAsking(false);
            })
          }
          onClose={() => setAsking(false)}
        >
          <p>{t('marks.clearAllText')}</p>
        </FormDialog>
      ) : null}
    </>
  );
}

export function MarksPanel(props: {
  drawing: Drawing;
  onOpenImage: (imageId: string | undefined) => void;
  /** The camera that is large now: an image can be put into the corner of its wearer's display. */
  producerId: string | undefined;
}): JSX.Element {
  const { session, state } = useRoom();
  const { drawing } = props;
  const now = useNow(5000);
  const room = state.value;
  const marks = standingMarks(room.marks.scene);
  return (
    <div class="panel stack loose">
      <FloorNote floor={floorOf(room, session.peerId, undefined)} />
      <section class="stack">
        <PanelTitle icon="mark-stroke">{t('marks.title')}</PanelTitle>
        {marks.length === 0 ? (
          <p class="soft small">{t('marks.listEmpty')}</p>
        ) : (
          <ul class="mark-list" aria-label={t('marks.listLabel')}>
            {marks.map((mark) => (
              <MarkRow key={mark.markId} mark={mark} drawing={drawing} now={now} />
            ))}
          </ul>
        )}
        {leadsMarks(room, session.peerId) && marks.length > 0 ? <ClearAll /> : null}
      </section>
      <ImagesSection drawing={drawing} producerId={props.producerId} onOpen={props.onOpenImage} />
    </div>
  );
}
