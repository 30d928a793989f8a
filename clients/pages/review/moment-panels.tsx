/** The room as it was at the playhead: who was there, what was ordered, given and written. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { PanelTitle, Tag } from '../../ui/controls.tsx';
import { useChanges } from '../../ui/hooks.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { nameOf, patientTitle, utcOf } from '../live/names.ts';
import { orderOrders, orderStage } from '../live/orders-view.ts';
import { PicturesThen } from './pictures-then.tsx';
import { usePosition, useReviewing } from './reviewing.ts';

/** The state folded to the playhead; the same object while nothing changes. */
function useStateThen(): RoomState {
  const { session, player } = useReviewing();
  useChanges(session);
  return session.replay.stateAt(usePosition(player, 300));
}

function Part(props: { icon: IconName; title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class="stack tight">
      <PanelTitle icon={props.icon}>{props.title}</PanelTitle>
      {props.children}
    </section>
  );
}

function People(props: { state: RoomState }): JSX.Element {
  const { state } = props;
  const peers = Object.values(state.peers).sort((a, b) => a.joinedAt - b.joinedAt);
  if (peers.length === 0) return <p class="soft">{t('then.nobody')}</p>;
  return (
    <ul class="stack tight">
      {peers.map((peer) => (
        <li key={peer.peerId} class="row">
          <Icon name={peer.unitId === undefined ? 'person' : 'ambulance'} />
          <span class="grow">
            <strong>{peer.name}</strong> <span class="small soft">{t(`role.${peer.role}`)}</span>
          </span>
          {state.leadPeerId === peer.peerId ? <Tag icon="lead">{t('then.lead')}</Tag> : null}
          {peer.link === 'lost' ? (
            <Tag kind="bad" icon="offline">
              {t('then.linkLost')}
            </Tag>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Orders(props: { state: RoomState }): JSX.Element {
  const { state } = props;
  const orders = orderOrders(state);
  if (orders.length === 0) return <p class="soft">{t('then.noOrders')}</p>;
  return (
    <ul class="stack tight">
      {orders.map((order) => {
        const stage = orderStage(order);
        return (
          <li key={order.orderId} class={`order ${stage}`}>
            <span>
              <strong>{order.text}</strong>
            </span>
            <span class="small soft">
              {formatTime(utcOf(state, order.at))} ·{' '}
              {t('order.by', { name: nameOf(state, order.by) ?? t('people.gone') })} ·{' '}
              {t(`order.stage.${stage}`)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Drugs and settings, newest first. */
function Given(props: { state: RoomState }): JSX.Element {
  const { drugs, settings } = props.state;
  const lines = [
    ...drugs.map(({ drug, at, patientId }) => ({
      at,
      patientId,
      text: `${drug.name} ${drug.dose} ${drug.unit} ${drug.route}`,
    })),
    ...settings.map(({ device, setting, at, patientId }) => ({
      at,
      patientId,
      text: `${device}: ${setting}`,
    })),
  ].sort((a, b) => b.at - a.at);
  if (lines.length === 0) return <p class="soft">{t('then.noGiven')}</p>;
  return <TimedLines lines={lines} />;
}

function TimedLines(props: {
  lines: readonly { at: number; patientId: string; text: string }[];
}): JSX.Element {
  return (
    <ul class="timeline">
      {props.lines.map(({ at, patientId, text }, n) => (
        <li key={n}>
          <time class="figures">{formatTime(at)}</time>
          <span class="grow">
            {text} {patientId === 'scene' ? null : <span class="patient-chip">{patientId}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function ThenPanel(): JSX.Element {
  const state = useStateThen();
  const times = state.timeNodes.map(({ node, at, patientId }) => ({
    at,
    patientId,
    text: t(`node.${node}`),
  }));
  const patients = Object.keys(state.patients);
  return (
    <div class="panel stack loose">
      <Part icon="people" title={t('then.people')}>
        <People state={state} />
      </Part>
      {patients.length === 0 ? null : (
        <Part icon="patient" title={t('then.patients')}>
          <ul class="stack tight">
            {patients.map((id) => (
              <li key={id}>{patientTitle(state, id)}</li>
            ))}
          </ul>
        </Part>
      )}
      <Part icon="order" title={t('then.orders')}>
        <Orders state={state} />
      </Part>
      <Part icon="drug" title={t('then.given')}>
        <Given state={state} />
      </Part>
      <Part icon="clock" title={t('then.times')}>
        {times.length === 0 ? <p class="soft">{t('then.noTimes')}</p> : <TimedLines lines={times} />}
      </Part>
      <PicturesThen />
    </div>
  );
}

export function ChatThen(): JSX.Element {
  const state = useStateThen();
  const foot = useRef<HTMLLIElement>(null);
  const count = state.messages.length;
  useEffect(() => {
    const box = foot.current?.closest<HTMLElement>('.tab-panel');
    if (box !== null && box !== undefined && count > 0) box.scrollTop = box.scrollHeight;
  }, [count]);
  if (count === 0) return <p class="panel soft">{t('then.chatNone')}</p>;
  return (
    <ul class="panel stack">
      {state.messages.map((message, index) => (
        <li key={message.messageId} class="message" ref={index === count - 1 ? foot : undefined}>
          <div class="message-head">
            <strong class="one-line">{message.name || t('people.gone')}</strong>
            {message.patientId === 'scene' ? null : <span class="patient-chip">{message.patientId}</span>}
            <time class="figures soft">{formatTime(message.utc)}</time>
          </div>
          <p class="message-text">{message.text}</p>
        </li>
      ))}
    </ul>
  );
}
