/** In words beside the marks: who draws, which marks are not in their place, who has switched marks off. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { patientTitle } from '../live/names.ts';
import type { Drawing } from './drawing.ts';
import { saidStates, sameSurface, unseeing } from './scene-view.ts';
import type { DrawnOn } from './surfaces.ts';

/** States are said so often at most; a mark that flickers must not make the words flicker. */
const SAY_MS = 250;

interface Said {
  readonly key: string;
  readonly icon: IconName;
  readonly kind: 'draws' | 'warn';
  readonly text: string;
}

function useSaid(drawing: Drawing, on: DrawnOn): readonly Said[] {
  const { session, state } = useRoom();
  const [said, setSaid] = useState<readonly Said[]>([]);
  useEffect(() => {
    const read = () => {
      const room = session.state;
      const title = (id: string) => patientTitle(room, id) ?? t('patient.scene');
      const draws = [...drawing.marks.drawing]
        .filter(([peerId, { surface }]) => peerId !== session.peerId && sameSurface(surface, on.surface))
        .map(([peerId]): Said => {
          const text = t('marks.draws', { name: room.peers[peerId]?.name ?? '' });
          return { key: `draws/${peerId}`, icon: 'mark-stroke', kind: 'draws', text };
        });
      const states = saidStates(on.shown()).flatMap(({ patientId, state: how }): Said[] => {
        if (how === 'off') return [];
        const text = t(`marks.said.${how}`, { patient: title(patientId) });
        return [{ key: `${how}/${patientId}`, icon: how === 'lost' ? 'warn' : 'search', kind: 'warn', text }];
      });
      const off = unseeing(room).map(({ name, why }): Said => {
        return {
          key: `${why}/${name}`,
          icon: 'eye-off',
          kind: 'warn',
          text: t(`marks.said.${why}`, { name }),
        };
      });
      const next = [...draws, ...states, ...(on.surface.kind === 'video' ? off : [])];
      setSaid((old) => (JSON.stringify(old) === JSON.stringify(next) ? old : next));
    };
    read();
    const timer = setInterval(read, SAY_MS);
    return () => clearInterval(timer);
  }, [drawing, on, session, state]);
  return said;
}

export function MarkSaid(props: { drawing: Drawing; on: DrawnOn }): JSX.Element | null {
  const { drawing, on } = props;
  const said = useSaid(drawing, on);
  const known = useRef(new Set<string>());
  useEffect(() => {
    for (const { key, text, kind } of said) if (kind === 'warn' && !known.current.has(key)) announce(text);
    known.current = new Set(said.map(({ key }) => key));
  }, [said]);
  const hides = drawing.hidesAll.value;
  if (said.length === 0 && !hides) return null;
  return (
    <ul class="mark-said">
      {said.map(({ key, icon, kind, text }) => (
        <li key={key} class={kind}>
          <Icon name={icon} />
          <span>{text}</span>
        </li>
      ))}
      {hides ? (
        <li class="warn">
          <Icon name="eye-off" />
          <span>{t('marks.hidden')}</span>
        </li>
      ) : null}
    </ul>
  );
}
