/** States the first facts of an incident that was just made on this page: its link, its address, when the call was answered. */
import { useEffect } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { tell } from '../../ui/announcer.tsx';
import { errorText } from '../../ui/error-text.ts';
import { useRoom } from '../live/live-room.ts';
import { rememberUrl } from './link-urls.ts';
import { takeForRoom } from './wish.ts';

export function useFirstFacts(): void {
  const { session, state } = useRoom();
  const { phase } = state.value;
  useEffect(() => {
    if (phase !== 'open') return;
    const incident = takeForRoom(session.roomId);
    if (incident === undefined) return;
    const { link, title, answeredAt } = incident;
    const send = async () => {
      if (link === undefined) return;
      const made = await session.request('link.create', link);
      rememberUrl(made.linkId, made.url);
    };
    // One that fails keeps none of the others: each can be done again by hand.
    const facts = [
      send(),
      session.request('timeNode.set', { node: 'call-answered', patientId: 'scene', at: answeredAt }),
      session.request('incident.setAddress', { address: { text: title }, source: 'caller' }),
    ];
    const told = ['dispatch.failed.link', 'dispatch.failed.answered', 'dispatch.failed.address'] as const;
    facts.forEach((fact, index) => {
      fact.catch((error: unknown) => {
        const key = told[index];
        if (key !== undefined) tell(t(key, { why: errorText(error) }), 'bad');
      });
    });
  }, [session, phase]);
}
