/** What stands on the overlay beside the canvas: a field for the words of a mark, and the corners of an image that is pinned. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Point } from '../../../ar-annotations/scene/types.ts';
import { t } from '../../i18n/index.ts';
import { inputValue } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { Drawing } from './drawing.ts';
import { clampInside, type Rect, toBox, toPicture } from './geometry.ts';
import type { Corners } from './tools.ts';

const WORDS_MAX = 60;
const KEY_STEP = 0.01;

function at(place: Point, rect: Rect): { left: string; top: string } {
  const { x, y } = toBox(place, rect);
  return { left: `${x}px`, top: `${y}px` };
}

/** Words appear on every screen while they are typed; Enter places them. */
export function WordsField(props: { drawing: Drawing; place: Point; rect: Rect }): JSX.Element {
  const { drawing, place, rect } = props;
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  // Another place is another mark.
  useEffect(() => {
    setText('');
    field.current?.focus();
  }, [place]);
  return (
    <form
      class="mark-words"
      style={at(place, rect)}
      onSubmit={(event) => {
        event.preventDefault();
        drawing.input({ type: 'done' });
      }}
    >
      <input
        ref={field}
        class="input"
        aria-label={t('marks.words')}
        maxLength={WORDS_MAX}
        value={text}
        onInput={(event) => {
          const next = inputValue(event);
          setText(next);
          drawing.input({ type: 'words', text: next });
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          drawing.input({ type: 'cancel' });
        }}
      />
      <button type="submit" class="button primary">
        {t('marks.wordsDone')}
      </button>
    </form>
  );
}

/** One corner, dragged by pointer or moved by arrow keys. */
function Handle(props: { drawing: Drawing; index: number; corner: Point; rect: Rect }): JSX.Element {
  const { drawing, index, corner, rect } = props;
  const move = (to: Point) => drawing.input({ type: 'corner', index, at: clampInside(to) });
  const step = (event: KeyboardEvent) => {
    const [dx, dy] = [
      Number(event.key === 'ArrowRight') - Number(event.key === 'ArrowLeft'),
      Number(event.key === 'ArrowDown') - Number(event.key === 'ArrowUp'),
    ];
    if (dx === 0 && dy === 0) return;
    event.preventDefault();
    event.stopPropagation();
    move({ x: corner.x + dx * KEY_STEP, y: corner.y + dy * KEY_STEP });
  };
  return (
    <button
      type="button"
      class="corner-handle"
      style={at(corner, rect)}
      aria-label={t('image.handle', { n: index + 1 })}
      onKeyDown={step}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const handle = event.currentTarget;
        const box = handle.offsetParent?.getBoundingClientRect();
        if (box === undefined || !handle.hasPointerCapture(event.pointerId)) return;
        move(toPicture({ x: event.clientX - box.left, y: event.clientY - box.top }, rect));
      }}
    />
  );
}

const CORNERS_OF = [0, 1, 2, 3] as const;

export function CornerHandles(props: { drawing: Drawing; corners: Corners; rect: Rect }): JSX.Element {
  const { drawing, corners, rect } = props;
  return (
    <>
      {CORNERS_OF.map((index) => (
        <Handle key={index} drawing={drawing} index={index} corner={corners[index]} rect={rect} />
      ))}
      <div class="mark-adjust">
        <button type="button" class="button primary" onClick={() => drawing.input({ type: 'done' })}>
          <Icon name="pin" />
          {t('image.place')}
        </button>
        <button type="button" class="button" onClick={() => drawing.input({ type: 'cancel' })}>
          {t('common.cancel')}
        </button>
      </div>
    </>
  );
}
