/** Time nodes: one tap each, showing when. A second tap asks before it moves a time that already stands. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { TimeNode } from '../../../signaling/protocol/events.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import { formatShortTime, formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { act, announce, start } from '../../ui/announcer.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from './live-room.ts';
import { nameOf } from './names.ts';

/** The keys of a crew, in the order of a run. */
export const CREW_NODES = ['on-scene', 'at-patient', 'aboard', 'departed', 'arrived', 'handed-over'] as const;

/** When a node was set for a patient, or for the scene where the node is not a patient's own. */
export function nodeTime(state: RoomState, node: TimeNode, patientId: string): number | undefined {
  const found = state.timeNodes.filter((each) => each.node === node);
  return (
    found.find((each) => each.patientId === patientId) ?? found.find((each) => each.patientId === 'scene')
  )?.at;
}

export function TimeNodeKeys(props: { patientId: string }): JSX.Element {
  const { session, state } = useRoom();
  const [again, setAgain] = useState<TimeNode>();
  const set = async (node: TimeNode) => {
    setAgain(undefined);
    const { patientId } = props;
    if (await act(() => session.request('timeNode.set', { node, patientId }))) {
      announce(t('node.set', { node: t(`node.${node}`) }));
    }
  };
  return (
    <div class="node-keys">
      {CREW_NODES.map((node) => {
        const at = nodeTime(state.value, node, props.patientId);
        return (
          <button
            type="button"
            key={node}
            class={at === undefined ? 'button gloves node-key' : 'button gloves node-key set'}
            onClick={() => (at === undefined ? start(() => set(node)) : setAgain(node))}
          >
            <span>{t(`node.${node}`)}</span>
            {at === undefined ? (
              <span class="node-time soft">
                {node === 'handed-over' ? t('node.tapReleases') : t('node.tap')}
              </span>
            ) : (
              <span class="node-time figures">
                <Icon name="check" />
                {formatTime(at)}
              </span>
            )}
          </button>
        );
      })}
      {again === undefined ? null : (
        <FormDialog
          title={t('node.againTitle', { node: t(`node.${again}`) })}
          submit={t('node.again')}
          gloves
          onSubmit={() => start(() => set(again))}
          onClose={() => setAgain(undefined)}
        >
          <p>{t('node.againText')}</p>
        </FormDialog>
      )}
    </div>
  );
}

/** What was set so far, for those who watch. */
export function TimeNodeList(): JSX.Element {
  const { state } = useRoom();
  const nodes = [...state.value.timeNodes].sort((a, b) => a.at - b.at);
  if (nodes.length === 0) return <p class="soft small">{t('node.none')}</p>;
  return (
    <ol class="timeline">
      {nodes.map((node) => (
        <li key={`${node.node} ${node.patientId}`}>
          <time class="figures">{formatShortTime(node.at)}</time>
          <span class="grow">
            {t(`node.${node.node}`)}
            <span class="small soft">
              {' '}
              {node.patientId === 'scene' ? t('patient.scene') : node.patientId}
              {' · '}
              {nameOf(state.value, node.by) ?? t('people.gone')}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
