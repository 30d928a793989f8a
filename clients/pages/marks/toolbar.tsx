/** The tools beside the picture: one row of keys, whom marks are for, and why somebody may not draw. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { CARD_MM, ELECTRODE_MM } from '../../../ar-annotations/scene/measure.ts';
import type { SCALE_KINDS } from '../../../ar-annotations/scene/types.ts';
import { redoFact, undoFact } from '../../../ar-annotations/scene/undo.ts';
import { t } from '../../i18n/index.ts';
import { checkedOf, IconButton } from '../../ui/controls.tsx';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { PatientSelect } from '../live/patient-select.tsx';
import type { Drawing } from './drawing.ts';
import type { Floor } from './scene-view.ts';
import { TOOLS, type Tool } from './tools.ts';
import { TOOL_KEYS } from './use-mark-keys.ts';

const icons: Readonly<Record<Tool, IconName>> = {
  pointer: 'mark-pointer',
  stroke: 'mark-stroke',
  arrow: 'mark-arrow',
  ellipse: 'mark-ellipse',
  text: 'mark-text',
  stamp: 'mark-stamp',
  image: 'mark-image',
  measure: 'mark-measure',
  erase: 'mark-erase',
};

/** Why this person may not draw, and whom to ask. */
export function FloorNote(props: { floor: Floor }): JSX.Element | null {
  const { floor } = props;
  if (floor.may) return null;
  const text =
    floor.why === 'role'
      ? t('marks.mayNotRole')
      : floor.ask.length === 0
        ? t('marks.mayNotNobody')
        : t('marks.mayNot', { names: floor.ask.join(', ') });
  return (
    <p class="mark-floor small">
      <Icon name="lock" />
      <span>{text}</span>
    </p>
  );
}

function ToolKey(props: { drawing: Drawing; tool: Tool | undefined; gloves: boolean }): JSX.Element {
  const { drawing, tool } = props;
  const { images } = useRoom().state.value.marks;
  return (
    <IconButton
      class={props.gloves ? 'gloves' : ''}
      icon={tool === undefined ? 'hand' : icons[tool]}
      label={t(`marks.tool.${tool ?? 'hand'}`)}
      pressed={drawing.tool.value === tool}
      shortcut={TOOL_KEYS[tool ?? 'hand'].toUpperCase()}
      disabled={tool === 'image' && images.length === 0}
      onClick={() => drawing.choose(tool)}
    />
  );
}

const scales = ['card', 'electrode', 'drawn'] as const satisfies typeof SCALE_KINDS;
const usual = { card: CARD_MM, electrode: ELECTRODE_MM, drawn: 100 } as const;

/** The known length of a measurement; what to draw next stands with it. */
function ScaleChoice(props: { drawing: Drawing }): JSX.Element {
  const { drawing } = props;
  const { kind, mm } = drawing.scale.value;
  const [typed, setTyped] = useState(String(mm));
  const state = drawing.state.value;
  const isScaled = (state.is === 'idle' || state.is === 'drawing') && state.scale !== undefined;
  const choose = (value: string) => {
    const next = scales.find((each) => each === value) ?? 'card';
    setTyped(String(usual[next]));
    drawing.setScale({ kind: next, mm: usual[next] });
  };
  const type = (value: string) => {
    setTyped(value);
    const length = Number(value.replace(',', '.'));
    if (Number.isFinite(length) && length > 0 && length <= 10_000) drawing.setScale({ kind, mm: length });
  };
  return (
    <div class="mark-scale">
      <SelectField
        label={t('measure.title')}
        value={kind}
        onChange={choose}
        options={scales.map((each) => ({ value: each, text: t(`measure.${each}`) }))}
      />
      {kind === 'card' ? null : <TextField label={t('measure.mm')} value={typed} onChange={type} />}
      <p class="small" role="status">
        {isScaled ? t('measure.drawLength') : t('measure.drawScale')}
      </p>
      {isScaled ? (
        <button type="button" class="button small-button" onClick={() => drawing.input({ type: 'cancel' })}>
          {t('measure.again')}
        </button>
      ) : null}
      <p class="small warn-text">{t('measure.warn')}</p>
    </div>
  );
}

function Unsent(props: { drawing: Drawing }): JSX.Element | null {
  const { drawing } = props;
  const n = drawing.unsent.value;
  if (n === 0) return null;
  return (
    <div class="mark-unsent" role="alert">
      <Icon name="warn" />
      <span>{t('marks.notSaved', { n })}</span>
      <button type="button" class="button small-button" onClick={() => drawing.sendAgain()}>
        {t('marks.again')}
      </button>
      <button type="button" class="button small-button" onClick={() => drawing.discardUnsent()}>
        {t('marks.discard')}
      </button>
    </div>
  );
}

/** Undo, redo, clear and hide. */
function ActKeys(props: { drawing: Drawing; gloves: boolean }): JSX.Element {
  const { session, state } = useRoom();
  const { drawing } = props;
  const { scene } = state.value.marks;
  const size = props.gloves ? 'gloves' : '';
  const hides = drawing.hidesAll.value;
  const hasOwn = Object.values(scene.marks).some((mark) => !mark.erased && mark.author === session.peerId);
  return (
    <>
      <IconButton
        class={size}
        icon="undo"
        label={t('marks.undo')}
        shortcut="Ctrl+Z"
        disabled={undoFact(scene, session.peerId) === undefined}
        onClick={() => drawing.undo()}
      />
      <IconButton
        class={size}
        icon="redo"
        label={t('marks.redo')}
        shortcut="Ctrl+Shift+Z"
        disabled={redoFact(scene, session.peerId) === undefined}
        onClick={() => drawing.redo()}
      />
      <IconButton
        class={size}
        icon="mark-clear"
        label={t('marks.clearOwn')}
        shortcut="Delete"
        disabled={!hasOwn}
        onClick={() => drawing.clearOwn()}
      />
      <IconButton
        class={size}
        icon={hides ? 'eye-off' : 'eye'}
        label={hides ? t('marks.show') : t('marks.hide')}
        pressed={hides}
        shortcut="H"
        onClick={() => {
          drawing.hidesAll.value = !hides;
        }}
      />
    </>
  );
}

export function MarkToolbar(props: {
  drawing: Drawing;
  floor: Floor;
  /** Absent on a surface that stands still by itself. */
  freeze?: { readonly isFrozen: boolean; readonly toggle: () => void };
  gloves?: boolean;
  /** Whom marks are for unless somebody chooses. */
  patientId: string;
}): JSX.Element {
  const { drawing, floor, freeze, gloves = false } = props;
  const { state } = useRoom();
  if (!floor.may) {
    return (
      <div class="mark-tools none">
        <FloorNote floor={floor} />
      </div>
    );
  }
  return (
    <div class={`mark-tools${gloves ? ' large' : ''}`}>
      <div class="mark-keys" role="toolbar" aria-label={t('marks.tools')}>
        <ToolKey drawing={drawing} tool={undefined} gloves={gloves} />
        {TOOLS.map((tool) => (
          <ToolKey key={tool} drawing={drawing} tool={tool} gloves={gloves} />
        ))}
        {freeze === undefined ? null : (
          <IconButton
            class={gloves ? 'gloves' : ''}
            icon={freeze.isFrozen ? 'play' : 'freeze'}
            label={freeze.isFrozen ? t('freeze.back') : t('freeze.now')}
            pressed={freeze.isFrozen}
            shortcut="Z"
            onClick={freeze.toggle}
          />
        )}
        <ActKeys drawing={drawing} gloves={gloves} />
      </div>
      <PatientSelect
        value={drawing.patientId.value ?? props.patientId}
        onChange={(patientId) => {
          drawing.patientId.value = patientId;
        }}
        withScene
        state={state.value}
        label={t('marks.patient')}
      />
      {freeze === undefined ? null : (
        <label class="check small" title={t('marks.freezes')}>
          <input
            type="checkbox"
            checked={drawing.freezes.value}
            onChange={(event) => {
              drawing.freezes.value = checkedOf(event);
            }}
          />
          <span>{t('marks.freezesShort')}</span>
        </label>
      )}
      {drawing.tool.value === 'measure' ? <ScaleChoice drawing={drawing} /> : null}
      {drawing.tool.value === 'image' ? <p class="small">{t('image.projectHint')}</p> : null}
      <Unsent drawing={drawing} />
    </div>
  );
}
