/** The commands of the wearer: which there are, what they do, and the three ways to them – keys, voice, finger. */
import { useMemo } from 'preact/hooks';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { useNow } from '../../ui/hooks.ts';
import { helpView } from '../ambulance/help-view.ts';
import { useRoom } from '../live/live-room.ts';
import { defaultPatient } from '../live/names.ts';
import { waitingOrders } from '../live/orders-view.ts';
import type { OwnMedia } from '../live/use-own-media.ts';
import type { Key } from './command-bar.tsx';
import { type Command, commandsFor } from './commands.ts';
import { keysOf } from './keys.ts';
import type { VoiceWay } from './recogniser.ts';
import { useCurrent } from './use-current.ts';
import type { SightSwitch } from './use-sight.ts';
import type { DeviceStanding } from './use-standing.ts';
import { useTwoKeys } from './use-two-keys.ts';
import { useVoiceCommands } from './use-voice-commands.ts';
import type { WorldSwitch } from './use-world.ts';

export interface Commands {
  readonly keys: readonly Key[];
  readonly current: string;
  readonly voice: VoiceWay | undefined;
  next(): void;
}

interface Parts {
  readonly standing: DeviceStanding;
  readonly microphone: OwnMedia;
  readonly sight: SightSwitch;
  readonly world: WorldSwitch;
  readonly dim: () => void;
  readonly calibrate: () => void;
  /** Something else has the keys and the voice now. */
  readonly paused: boolean;
}

export function marksAreOn(state: RoomState, peerId: string): boolean {
  return state.marks.switchedOff[peerId] !== true;
}

/** What each command does. */
function useRun({ standing, microphone, sight, world, dim, calibrate }: Parts): (command: Command) => void {
  const { session } = useRoom();
  const deeds: Record<Command, () => void> = {
    'read-back': () => {
      const order = waitingOrders(session.state)[0];
      if (order) start(() => session.request('order.readBack', { orderId: order.orderId }));
    },
    expert: () => start(() => session.request('help.call', { patientId: defaultPatient(session.state) })),
    'cancel-call': () => {
      const { call } = helpView(session.state, Date.now());
      if (call) start(() => session.request('help.cancel', { callId: call.callId }));
    },
    torch: () => start(standing.switchTorch),
    marks: () =>
      start(() => session.request('marks.switch', { on: !marksAreOn(session.state, session.peerId) })),
    microphone: () => start(() => microphone.set(!microphone.on)),
    dim,
    sight: sight.switchOver,
    world: () => start(world.switchOver),
    calibrate,
  };
  return (command) => deeds[command]();
}

export function useCommands(parts: Parts): Commands {
  const { session, state } = useRoom();
  const { standing, microphone, sight, world } = parts;
  const orderWaits = waitingOrders(state.value).length > 0;
  const helpRings = helpView(state.value, useNow(500)).stage === 'ringing';
  const { torch } = standing;
  const tracksWorld = world.isAble;
  const commands = useMemo(
    () => commandsFor({ orderWaits, helpRings, torch, tracksWorld }),
    [orderWaits, helpRings, torch, tracksWorld],
  );
  const { current, next } = useCurrent(commands);
  const run = useRun(parts);
  const keys = keysOf(commands, {
    torchOn: torch === 'on',
    marksOn: marksAreOn(state.value, session.peerId),
    microphoneOn: microphone.on,
    nextSight: sight.next,
    tracksWorld: world.world !== undefined,
    run,
  });
  const { paused } = parts;
  const voice = useVoiceCommands(
    [
      ...keys.map(({ command, text }) => ({ command, says: [text] })),
      { command: 'next', says: [t('glasses.say.next')] },
    ],
    (command) => {
      if (paused) return;
      if (command === 'next') next();
      else keys.find((key) => key.command === command)?.run();
    },
  );
  useTwoKeys((action) => {
    if (paused) return;
    if (action === 'next') next();
    if (action === 'do') run(current);
    if (action === 'hold') run('expert');
  });
  return { keys, current, voice, next };
}
