/** On what ground the patient is filmed: one key each, stated as a fact that limits what the recording may serve. */
import type { JSX } from 'preact';
import type { Params } from '../../../signaling/protocol/methods.ts';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { useRoom } from '../live/live-room.ts';
import { defaultPatient } from '../live/names.ts';

export type Basis = Params<'basis.set'>['basis'];
export const BASIS_KEYS: readonly (readonly [key: string, basis: Basis])[] = [
  ['e', 'emergency'],
  ['o', 'consent'],
  ['r', 'refused'],
];

export function setBasis({ session, state }: ReturnType<typeof useRoom>, basis: Basis): Promise<unknown> {
  return session.request('basis.set', { patientId: defaultPatient(state.value), basis });
}

export function BasisKeys(): JSX.Element {
  const room = useRoom();
  const { bases } = room.state.value.bystander;
  const now = bases[defaultPatient(room.state.value)]?.basis;
  return (
    <fieldset class="segmented bare basis" aria-label={t('basis.title')} title={t('basis.hint')}>
      {BASIS_KEYS.map(([key, basis]) => (
        <button
          type="button"
          key={basis}
          aria-pressed={basis === now}
          aria-keyshortcuts={key.toUpperCase()}
          title={`${t(`basis.${basis}.long`)} (${key.toUpperCase()})`}
          onClick={() => start(() => setBasis(room, basis))}
        >
          {t(`basis.${basis}`)}
        </button>
      ))}
    </fieldset>
  );
}
