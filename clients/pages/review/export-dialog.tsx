/** Which part of a recording is exported, what of it is made unrecognisable, and what for. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Job } from '../../../signaling/protocol/recordings.ts';
import { language, t } from '../../i18n/index.ts';
import { act, start, tell } from '../../ui/announcer.tsx';
import { checkedOf } from '../../ui/controls.tsx';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { AREAS, type BlankForm, type ExportForm, requestOf, spanOf } from './export-view.ts';
import { clockAt, type Reviewing, useReviewing } from './reviewing.ts';
import { trackTitle } from './track-view.ts';

const MOST_TRACKS = 9;
const CLIP_MS = 60_000;

function firstForm(reviewing: Reviewing): ExportForm {
  const { player, session } = reviewing;
  const sounds = player.lanes.filter(({ kind }) => kind === 'audio').map(({ trackId }) => trackId);
  const large = player.large === undefined ? [] : [player.large];
  const to = Math.min(session.view.to, player.position + CLIP_MS);
  return {
    trackIds: [...large, ...sounds].slice(0, MOST_TRACKS),
    from: clockAt(reviewing, player.position),
    to: clockAt(reviewing, to),
    captions: true,
    showMarks: true,
    reason: '',
    blank: [],
  };
}

interface Part {
  readonly form: ExportForm;
  readonly onChange: (form: ExportForm) => void;
}

function Tracks({ form, onChange }: Part): JSX.Element {
  const { player } = useReviewing();
  return (
    <fieldset class="bare stack tight">
      <legend class="field-label">{t('export.tracks')}</legend>
      {player.lanes.map((lane) => (
        <label key={lane.trackId} class="check">
          <input
            type="checkbox"
            checked={form.trackIds.includes(lane.trackId)}
            onChange={(event) => {
              const others = form.trackIds.filter((id) => id !== lane.trackId);
              onChange({ ...form, trackIds: checkedOf(event) ? [...others, lane.trackId] : others });
            }}
          />
          <span>{[trackTitle(lane.track), lane.track.sender].filter(Boolean).join(' · ')}</span>
        </label>
      ))}
      {form.trackIds.length === 0 ? <p class="field-error">{t('export.noneChosen')}</p> : null}
    </fieldset>
  );
}

function Blank(props: {
  blank: BlankForm;
  onChange: (blank: BlankForm) => void;
  onRemove: () => void;
}): JSX.Element {
  const { player, session } = useReviewing();
  const { blank, onChange } = props;
  const lane = player.lanes.find(({ trackId }) => trackId === blank.trackId);
  const wrong = spanOf(blank, session.view) === undefined ? t('export.badTime') : undefined;
  return (
    <li class="stack tight blank-row">
      <SelectField
        label={t('export.blankTrack')}
        value={blank.trackId}
        onChange={(trackId) => onChange({ ...blank, trackId })}
        options={player.lanes.map((each) => ({ value: each.trackId, text: trackTitle(each.track) }))}
      />
      <div class="span-row">
        <TextField
          label={t('export.from')}
          value={blank.from}
          onChange={(from) => onChange({ ...blank, from })}
        />
        <TextField
          label={t('export.to')}
          value={blank.to}
          onChange={(to) => onChange({ ...blank, to })}
          error={wrong}
        />
      </div>
      {lane?.kind === 'video' ? (
        <SelectField
          label={t('export.blankArea')}
          value={blank.area}
          onChange={(area) => onChange({ ...blank, area: AREAS.find((each) => each === area) ?? 'whole' })}
          options={AREAS.map((value) => ({ value, text: t(`export.area.${value}`) }))}
        />
      ) : null}
      <button type="button" class="button quiet small-button" onClick={props.onRemove}>
        <Icon name="close" />
        {t('export.blankRemove')}
      </button>
    </li>
  );
}

function Blanks({ form, onChange }: Part): JSX.Element {
  const trackId = form.trackIds[0];
  const replace = (at: number, blank: BlankForm) => onChange({ ...form, blank: form.blank.with(at, blank) });
  return (
    <section class="stack tight" aria-label={t('export.blank')}>
      <span class="field-label">{t('export.blank')}</span>
      <ul class="stack">
        {form.blank.map((blank, n) => (
          <Blank
            key={n}
            blank={blank}
            onChange={(next) => replace(n, next)}
            onRemove={() => onChange({ ...form, blank: form.blank.toSpliced(n, 1) })}
          />
        ))}
      </ul>
      {trackId === undefined ? null : (
        <button
          type="button"
          class="button"
          onClick={() => {
            const blank = { trackId, from: form.from, to: form.to, area: 'whole' as const };
            onChange({ ...form, blank: [...form.blank, blank] });
          }}
        >
          <Icon name="plus" />
          {t('export.blankAdd')}
        </button>
      )}
    </section>
  );
}

export function ExportDialog(props: { onStarted: (job: Job) => void; onClose: () => void }): JSX.Element {
  const reviewing = useReviewing();
  const { session, player } = reviewing;
  const [form, setForm] = useState(() => firstForm(reviewing));
  const kindOf = (trackId: string) => player.lanes.find((lane) => lane.trackId === trackId)?.kind ?? 'video';
  const asked = requestOf(form, session.view, kindOf, language.value);
  const submit = async () => {
    if (!('request' in asked)) return;
    const { request } = asked;
    const started = await act(async () => props.onStarted(await session.api.export(request)));
    if (!started) return;
    props.onClose();
    tell(t('export.started'));
  };
  return (
    <FormDialog
      title={t('export.title')}
      submit={t('export.start')}
      ready={'request' in asked}
      onSubmit={() => start(submit)}
      onClose={props.onClose}
    >
      <p>{t('export.text')}</p>
      <div class="span-row">
        <TextField
          label={t('export.from')}
          hint={t('export.clockHint')}
          value={form.from}
          onChange={(from) => setForm({ ...form, from })}
        />
        <TextField
          label={t('export.to')}
          value={form.to}
          onChange={(to) => setForm({ ...form, to })}
          error={spanOf(form, session.view) === undefined ? t('export.badTime') : undefined}
        />
      </div>
      <Tracks form={form} onChange={setForm} />
      <label class="check">
        <input
          type="checkbox"
          checked={form.captions}
          onChange={(event) => setForm({ ...form, captions: checkedOf(event) })}
        />
        <span>{t('export.captions')}</span>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={form.showMarks}
          onChange={(event) => setForm({ ...form, showMarks: checkedOf(event) })}
        />
        <span>{t('export.showMarks')}</span>
      </label>
      <Blanks form={form} onChange={setForm} />
      <TextField
        label={t('export.reason')}
        value={form.reason}
        onChange={(reason) => setForm({ ...form, reason })}
        attributes={{ required: true, maxLength: 500 }}
      />
    </FormDialog>
  );
}
