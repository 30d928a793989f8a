/** A new incident in one form, worked from the keyboard: Enter makes the room and sends the link. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RoomList } from '../../core/types.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Banner, checkedOf } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { Icon } from '../../ui/icons.tsx';
import { go } from '../../ui/router.ts';
import { dispatchPath } from './incidents-view.ts';
import { KeyCap } from './key-cap.tsx';
import { HelperChoice, LanguageChoice, NeedChoice, PhoneField } from './link-fields.tsx';
import { useWish } from './use-wish.ts';
import { keepForRoom, phoneOf, toNewLink } from './wish.ts';

export function NewIncidentForm(props: { list: RoomList; onMade: () => void }): JSX.Element {
  const [title, setTitle] = useState('');
  const [drill, setDrill] = useState(false);
  // The call was answered before anything was typed; the first sign is the nearest that a page can know.
  const [answeredAt, setAnsweredAt] = useState<number>();
  const [titleMissing, setTitleMissing] = useState(false);
  const fields = useRef<HTMLFormElement>(null);
  useEffect(() => fields.current?.querySelector('input')?.focus(), []);
  const form = useWish({}, async (wish) => {
    const name = title.trim();
    const roomId = await props.list.create({ title: name, drill, organisations: [] });
    const link = phoneOf(wish) === undefined ? undefined : toNewLink(wish);
    keepForRoom(roomId, { title: name, drill, answeredAt: answeredAt ?? Date.now(), link });
    go(dispatchPath(roomId));
    props.onMade();
  });
  const submit = () => {
    setTitleMissing(title.trim() === '');
    if (title.trim() === '') fields.current?.querySelector('input')?.focus();
    else form.submit();
  };
  const sends = phoneOf(form.wish) !== undefined;
  return (
    <form
      class="stack new-incident"
      ref={fields}
      onInput={() => setAnsweredAt((known) => known ?? Date.now())}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField
        label={t('dispatch.title')}
        hint={t('dispatch.titleHint')}
        error={titleMissing ? t('dispatch.titleMissing') : undefined}
        attributes={{ name: 'title' }}
        value={title}
        onChange={setTitle}
      />
      <NeedChoice wish={form.wish} onChange={form.setWish} />
      <PhoneField wish={form.wish} onChange={form.setWish} tried={form.tried} />
      <HelperChoice wish={form.wish} wanted={form.asksHelpers} onAnswer={form.answer} />
      <LanguageChoice wish={form.wish} onChange={form.setWish} />
      <label class="check">
        <input type="checkbox" checked={drill} onChange={(event) => setDrill(checkedOf(event))} />
        <span>{t('create.drill')}</span>
      </label>
      {form.problem === undefined ? null : (
        <Banner kind="bad" role="alert">
          {form.problem}
        </Banner>
      )}
      <div class="row spread">
        <p class="small soft figures">
          {answeredAt === undefined
            ? t('dispatch.answeredNot')
            : t('dispatch.answeredAt', { time: formatTime(answeredAt) })}
        </p>
        <button type="submit" class="button primary big" disabled={form.busy}>
          <Icon name={sends ? 'send' : 'plus'} />
          {sends ? t('dispatch.makeAndSend') : t('dispatch.make')}
          <KeyCap name="↵" />
        </button>
      </div>
    </form>
  );
}

export function NewIncidentDialog(props: { list: RoomList; onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t('dispatch.new')} onClose={props.onClose} wide>
      <NewIncidentForm list={props.list} onMade={props.onClose} />
    </Dialog>
  );
}
