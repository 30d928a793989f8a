/** Orders: given by a doctor, read back by the crew, closed when done. A card says what each waits for. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { OrderState } from '../../../signaling/protocol/state.ts';
import { formatShortTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { Field, inputValue, Tag } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { DrugFields, doseOf, doseWords, emptyDose } from './drug-fields.tsx';
import { useRoom } from './live-room.ts';
import { nameOf, patientTitle, utcOf } from './names.ts';
import { type OrderStage, orderOrders, orderStage } from './orders-view.ts';
import { PatientSelect } from './patient-select.tsx';

const stageKinds: Record<OrderStage, 'warn' | 'note' | 'good' | 'bad'> = {
  waits: 'warn',
  'read-back': 'note',
  done: 'good',
  cancelled: 'bad',
};
const stageIcons = { waits: 'clock', 'read-back': 'check', done: 'check-all', cancelled: 'close' } as const;

/** `side`: the crew reads back, the doctor closes. */
export function OrderCard(props: { order: OrderState; side: 'crew' | 'doctor' }): JSX.Element {
  const { session, state } = useRoom();
  const { order, side } = props;
  const stage = orderStage(order);
  const open = stage === 'waits' || stage === 'read-back';
  const readBack = () => session.request('order.readBack', { orderId: order.orderId });
  const close = (outcome: 'done' | 'cancelled') =>
    start(() => session.request('order.close', { orderId: order.orderId, outcome }));
  return (
    <li class={`order ${stage}`}>
      <div class="row spread">
        <Tag kind={stageKinds[stage]} icon={stageIcons[stage]}>
          {t(`order.stage.${stage}`)}
        </Tag>
        <span class="small soft figures">
          {patientTitle(state.value, order.patientId) ?? t('patient.scene')}
          {' · '}
          {formatShortTime(utcOf(state.value, order.at))}
        </span>
      </div>
      <p class="order-text">{order.text}</p>
      {order.drug === undefined ? null : (
        <p class="order-drug figures">
          <Icon name="drug" />
          {doseWords(order.drug)}
        </p>
      )}
      <p class="small soft">
        {t('order.by', { name: nameOf(state.value, order.by) ?? t('people.gone') })}
        {order.readBackBy === undefined
          ? ''
          : ` · ${t('order.readBackBy', { name: nameOf(state.value, order.readBackBy) ?? t('people.gone') })}`}
      </p>
      {side === 'crew' && stage === 'waits' ? (
        <button type="button" class="button primary gloves" onClick={() => start(readBack)}>
          <Icon name="check" />
          {t('order.readBack')}
        </button>
      ) : null}
      {open && (side === 'doctor' || stage === 'read-back') ? (
        <div class="row">
          {stage === 'read-back' ? (
            <button
              type="button"
              class={side === 'crew' ? 'button gloves' : 'button'}
              onClick={() => close('done')}
            >
              <Icon name="check-all" />
              {t('order.markDone')}
            </button>
          ) : null}
          {side === 'doctor' ? (
            <button type="button" class="button" onClick={() => close('cancelled')}>
              {t('order.cancel')}
            </button>
          ) : null}
        </div>
      ) : null}
    </li>
  );
}

function GiveOrder(props: { patientId: string }): JSX.Element {
  const { session, state } = useRoom();
  const [text, setText] = useState('');
  const [withDrug, setWithDrug] = useState(false);
  const [draft, setDraft] = useState(emptyDose);
  const [patientId, setPatientId] = useState(props.patientId);
  const drug = withDrug ? doseOf(draft) : undefined;
  const words =
    text.trim() === '' && drug !== undefined ? t('order.giveDrug', { drug: doseWords(drug) }) : text.trim();
  const ready = words !== '' && patientId !== 'scene' && (!withDrug || drug !== undefined);
  const give = async () => {
    const done = await act(() =>
      session.request('order.give', { text: words, patientId, ...(drug === undefined ? {} : { drug }) }),
    );
    if (!done) return;
    setText('');
    setDraft(emptyDose);
    setWithDrug(false);
  };
  return (
    <form
      class="stack order-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) start(give);
      }}
    >
      <PatientSelect value={patientId} onChange={setPatientId} withScene={false} state={state.value} />
      <Field label={t('order.text')}>
        {(ids) => (
          <textarea
            {...ids}
            class="input"
            rows={2}
            maxLength={4000}
            value={text}
            onInput={(event) => setText(inputValue(event))}
          />
        )}
      </Field>
      <button type="button" class="button" aria-pressed={withDrug} onClick={() => setWithDrug(!withDrug)}>
        <Icon name="drug" />
        {t('order.withDrug')}
      </button>
      {withDrug ? <DrugFields draft={draft} onChange={setDraft} /> : null}
      <button type="submit" class="button primary" disabled={!ready}>
        {t('order.give')}
      </button>
    </form>
  );
}

export function OrdersPanel(props: {
  side: 'crew' | 'doctor';
  mayOrder: boolean;
  patientId: string;
}): JSX.Element {
  const { state } = useRoom();
  const orders = orderOrders(state.value);
  return (
    <div class="panel stack">
      {props.mayOrder ? <GiveOrder key={props.patientId} patientId={props.patientId} /> : null}
      {orders.length === 0 ? <p class="soft small">{t('order.none')}</p> : null}
      <ul class="stack">
        {orders.map((order) => (
          <OrderCard key={order.orderId} order={order} side={props.side} />
        ))}
      </ul>
    </div>
  );
}
