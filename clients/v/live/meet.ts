/** How each ask of the dispatcher is carried out on this phone. */
import type { ReadonlySignal } from '@preact/signals';
import type { AskState } from '../../../signaling/protocol/state-bystander.ts';
import type { Answer } from './ask-runner.ts';
import type { Camera } from './camera.ts';
import { warn } from './line.ts';
import type { Whereabouts } from './location.ts';
import type { Microphone } from './microphone.ts';
import type { Photos } from './photos.ts';
import { takePhoto } from './take-photo.ts';

export interface MeetDeps {
  readonly camera: Camera;
  readonly microphone: Microphone;
  readonly photos: Photos;
  readonly whereabouts: Whereabouts;
  readonly openCamera: () => void;
  readonly turnSoundOn: () => void;
  /** Opens the code for a second phone; resolves once it is on the screen. */
  readonly showSecond: () => Promise<void>;
}

const DONE: Answer = { outcome: 'done' };
const UNSUPPORTED: Answer = { outcome: 'unsupported' };

/** Rejects where it failed in a way that has no word of its own. */
export async function meet(deps: MeetDeps, ask: AskState): Promise<Answer> {
  const { camera } = deps;
  switch (ask.what) {
    case 'torch':
      return (await camera.light(ask.on ?? true)) ? DONE : UNSUPPORTED;
    case 'zoom':
      return (await camera.setZoom(ask.zoom ?? 1)) ? DONE : UNSUPPORTED;
    case 'flip':
      return (await camera.flip()) ? DONE : UNSUPPORTED;
    case 'photo':
      return photo(deps, ask);
    case 'camera':
      return cameraOn(deps);
    case 'microphone':
      return microphone(deps, ask.on ?? true);
    case 'location':
      return location(deps);
    case 'sound':
      deps.turnSoundOn();
      return DONE;
    case 'second-phone':
      await deps.showSecond();
      return DONE;
  }
}

/** Answered once it is taken: on a bad link the picture itself may need a minute, and shows as a fact of its own. */
async function photo({ camera, photos }: MeetDeps, { askId }: AskState): Promise<Answer> {
  const track = camera.picture.track.peek();
  if (!track) return { outcome: 'failed', why: 'camera-off' };
  const taken = await takePhoto(track);
  photos.add(taken, askId).catch((error: unknown) => warn('photo', error));
  return DONE;
}

/** Opens it and waits until it is live or has failed, since only then there is an answer. */
function cameraOn({ camera, openCamera }: MeetDeps): Promise<Answer> {
  if (camera.state.peek() !== 'live') openCamera();
  return answered(camera.state, (state) => {
    switch (state) {
      case 'live':
        return DONE;
      case 'refused':
      case 'stopped':
        return { outcome: 'refused' };
      case 'unsupported':
      case 'insecure':
      case 'missing':
        return { outcome: 'unsupported', why: state };
      case 'busy':
        return { outcome: 'failed', why: state };
      default:
        return undefined;
    }
  });
}

async function microphone({ microphone }: MeetDeps, on: boolean): Promise<Answer> {
  if (!on) {
    microphone.close();
    return DONE;
  }
  const state = await microphone.open();
  if (state === 'live' || state === 'muted-by-call') return DONE;
  return state === 'missing' ? UNSUPPORTED : { outcome: 'refused' };
}

function location({ whereabouts }: MeetDeps): Promise<Answer> {
  whereabouts.start();
  return answered(whereabouts.state, (state) => {
    if (state === 'known') return DONE;
    if (state === 'refused') return { outcome: 'refused' };
    return state === 'unsupported' ? UNSUPPORTED : undefined;
  });
}

/** Resolves with the first answer that a state amounts to, also that of now. */
function answered<T>(state: ReadonlySignal<T>, answerOf: (value: T) => Answer | undefined): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const stop = state.subscribe((value) => {
    const answer = answerOf(value);
    if (answer) resolve(answer);
  });
  return promise.finally(stop);
}
