/** Waits outside a link that another browser holds: asks the door until the dispatcher has answered. */
import { effect, type ReadonlySignal } from '@preact/signals';
import { askDoor } from './door.ts';
import type { Flow, FlowEvent } from './flow.ts';

const ASK_MS = 2000;

export interface Outside {
  /** After a tap: asks for this browser to be let in again, until the door has heard it. */
  again(): void;
  close(): void;
}

/** Polls while the page is `asking`, and never otherwise. */
export function waitOutside(flow: ReadonlySignal<Flow>, send: (event: FlowEvent) => void): Outside {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let wantsBack = false;
  let atOnce = false;
  const waits = () => {
    const { at } = flow.value;
    return !closed && at === 'help' && flow.value.help.opening === 'asking';
  };
  const ask = async () => {
    const answer = await askDoor(wantsBack);
    timer = undefined;
    if (!waits()) return;
    if ('ok' in answer) {
      wantsBack = false;
      send({ type: 'opening', opening: answer.ok.opening });
    }
    if ('refusal' in answer && answer.refusal.kind === 'ended')
      send({ type: 'refused', refusal: answer.refusal });
    if (waits()) later();
  };
  const later = () => {
    timer ??= setTimeout(
      () => {
        ask().catch((error: unknown) => console.error('asking failed', error));
      },
      atOnce ? 0 : ASK_MS,
    );
    atOnce = false;
  };
  const stop = effect(() => {
    if (waits()) later();
  });
  return {
    again() {
      wantsBack = true;
      atOnce = true;
      send({ type: 'opening', opening: 'asking' });
    },
    close() {
      closed = true;
      clearTimeout(timer);
      stop();
    },
  };
}
