/** Pages that are over, and addresses that never were one: each says what to do now. */
import { useEffect, useRef } from 'preact/hooks';
import type { LinkEnd } from '../../../signaling/protocol/links.ts';
import { type Key, t } from '../texts/index.ts';
import { CallKey, emergencyPhone } from './phone.tsx';

const ENDS = {
  unopened: ['endUnopenedTitle', 'endUnopenedText'],
  revoked: ['endRevokedTitle', 'endRevokedText'],
  replaced: ['endReplacedTitle', 'endReplacedText'],
  released: ['endReleasedTitle', 'endReleasedText'],
  'room-closed': ['endClosedTitle', 'endClosedText'],
} as const satisfies Record<LinkEnd, readonly [Key, Key]>;

/** A screen of words whose heading takes the focus, so that it is read once and nothing else has to announce it. */
function Words(props: { title: string; texts: readonly string[]; children?: preact.ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main class="tap">
      <h1 tabIndex={-1} ref={heading}>
        {props.title}
      </h1>
      {props.texts.map((text) => (
        <p key={text}>{text}</p>
      ))}
      {props.children}
    </main>
  );
}

export function Ended(props: { reason: LinkEnd; phone?: string; supportPhone?: string }) {
  const { reason, phone = emergencyPhone.value, supportPhone: support } = props;
  const [title, text] = ENDS[reason];
  const supported = reason === 'released' && support !== undefined;
  return (
    <Words
      title={t(title)}
      texts={[t(text, { phone }), ...(supported ? [t('endReleasedSupport', { support })] : [])]}
    >
      <CallKey phone={supported ? support : phone} />
    </Words>
  );
}

export function Unusable(props: { why: 'noSecret' | 'unknown' }) {
  const phone = emergencyPhone.value;
  return (
    <Words title={t(`${props.why}Title`)} texts={[t(`${props.why}Text`, { phone })]}>
      <CallKey phone={phone} />
    </Words>
  );
}
