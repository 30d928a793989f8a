/** What a link needs: for what, to which phone, whether somebody else can help, in which language. */
import type { JSX } from 'preact';
import { LANGUAGES, NEEDS } from '../../../signaling/protocol/guidance.ts';
import type { Helpers } from '../../../signaling/protocol/links.ts';
import { t } from '../../i18n/index.ts';
import { TextField } from '../../ui/fields.tsx';
import { Choice } from './choice.tsx';
import { formatPhone } from './phone.ts';
import { type LinkWish, phoneOf } from './wish.ts';

/** As the contract orders them, the one that is not known yet last. */
const helpers: readonly Helpers[] = ['alone', 'two', 'unknown'];

export function NeedChoice(props: { wish: LinkWish; onChange: (wish: LinkWish) => void }): JSX.Element {
  const { wish } = props;
  return (
    <Choice
      label={t('dispatch.need')}
      options={NEEDS.map((need) => ({ value: need, text: t(`need.${need}`) }))}
      value={wish.need}
      onChange={(need) => props.onChange({ ...wish, need })}
    />
  );
}

export function PhoneField(props: {
  wish: LinkWish;
  onChange: (wish: LinkWish) => void;
  /** Once someone has tried to send, what is wrong with the number is said as an error. */
  tried: boolean;
}): JSX.Element {
  const { wish, tried } = props;
  const phone = phoneOf(wish);
  const problem = phone === undefined || phone.ok ? undefined : t(`phone.problem.${phone.reason}`);
  const hint = phone?.ok === true ? t('dispatch.phoneRead', { phone: formatPhone(phone.number) }) : undefined;
  return (
    <TextField
      label={t('dispatch.phone')}
      hint={hint ?? problem ?? t('dispatch.phoneHint')}
      error={tried ? problem : undefined}
      class="figures"
      attributes={{ name: 'phone', spellcheck: false }}
      value={wish.phone}
      onChange={(text) => props.onChange({ ...wish, phone: text })}
    />
  );
}

export function HelperChoice(props: {
  wish: LinkWish;
  /** The link waits for this answer. */
  wanted: boolean;
  onAnswer: (helpers: Helpers) => void;
}): JSX.Element {
  return (
    <div class="stack tight">
      <Choice
        label={t('dispatch.helpers')}
        options={helpers.map((each) => ({ value: each, text: t(`helpers.${each}`) }))}
        value={props.wish.helpers}
        wanted={props.wanted}
        onChange={props.onAnswer}
      />
      {props.wish.helpers === 'alone' ? <p class="small warn-text">{t('dispatch.alone')}</p> : null}
    </div>
  );
}

export function LanguageChoice(props: { wish: LinkWish; onChange: (wish: LinkWish) => void }): JSX.Element {
  const { wish } = props;
  return (
    <Choice
      label={t('dispatch.language')}
      options={LANGUAGES.map((each) => ({ value: each, text: t(`language.${each}`) }))}
      value={wish.language}
      onChange={(language) => props.onChange({ ...wish, language })}
    />
  );
}
