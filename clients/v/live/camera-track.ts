/** The captured picture of the phone: which side, light, zoom, and when the phone takes it away and gives it back. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { PageReport } from '../../../signaling/protocol/events-bystander.ts';
import { openCamera } from '../../core/capture.ts';
import {
  applyControls,
  hasTorch,
  NO_ZOOM,
  withinZoom,
  type Zoom,
  zoomOf,
} from '../../core/device/track-controls.ts';
import type { Facing } from './kept.ts';

/** 720 lines, 30 frames a second: for compressions, frames and continuity are worth more than lines (Plata 2021). */
const LINES = 720;

export interface CameraTrackDeps {
  readonly say: (report: PageReport) => void;
  /** A call, a locked screen or another app took the picture; `ended`: for good. */
  readonly away: (ended: boolean) => void;
  readonly back: () => void;
}

export class CameraTrack {
  readonly #deps: CameraTrackDeps;
  readonly #track = signal<MediaStreamTrack | undefined>(undefined);
  readonly #facing = signal<Facing>('environment');
  readonly #torch = signal<'on' | 'off' | 'unsupported'>('unsupported');
  readonly #zoom = signal<Zoom>(NO_ZOOM);

  constructor(deps: CameraTrackDeps) {
    this.#deps = deps;
  }

  get track(): ReadonlySignal<MediaStreamTrack | undefined> {
    return this.#track;
  }
  get facing(): ReadonlySignal<Facing> {
    return this.#facing;
  }
  get torch(): ReadonlySignal<'on' | 'off' | 'unsupported'> {
    return this.#torch;
  }
  get zoom(): ReadonlySignal<Zoom> {
    return this.#zoom;
  }
  /** Nothing comes from it now. */
  get gone(): boolean {
    const track = this.#track.peek();
    return track === undefined || track.readyState === 'ended' || track.muted;
  }

  /**
   * Opens the camera of a side, having closed the one before: most phones give one at a time. Light and zoom begin anew.
   * Rejects with `CaptureError`.
   */
  async open(facing: Facing): Promise<MediaStreamTrack> {
    this.#track.peek()?.stop();
    const { track } = await openCamera({ facing, height: LINES, frameRate: 30, contentHint: 'motion' });
    this.#track.value = track;
    this.#zoom.value = zoomOf(track);
    this.#torch.value = hasTorch(track) ? 'off' : 'unsupported';
    const side = track.getSettings().facingMode;
    this.#facing.value = side === 'user' || side === 'environment' ? side : facing;
    const { say, away, back } = this.#deps;
    say({ facing: this.#facing.value, torch: this.#torch.value, zoom: this.#zoom.value });
    const still = (act: () => void) => () => {
      if (this.#track.peek() === track) act();
    };
    track.addEventListener(
      'mute',
      still(() => away(false)),
    );
    track.addEventListener('unmute', still(back));
    track.addEventListener(
      'ended',
      still(() => away(true)),
    );
    return track;
  }

  close(): void {
    const track = this.#track.peek();
    this.#track.value = undefined;
    track?.stop();
  }

  /** `unsupported` where this camera has no light; `stuck` where it stays as it was: then open it anew. */
  async light(on: boolean): Promise<'done' | 'unsupported' | 'stuck'> {
    const track = this.#track.peek();
    if (!track || !hasTorch(track)) return 'unsupported';
    const zoom = this.#zoom.peek();
    const obeyed = await applyControls(track, { torch: on, zoom: zoom.supported ? zoom.now : undefined });
    if (!obeyed) return 'stuck';
    this.#torch.value = on ? 'on' : 'off';
    this.#deps.say({ torch: this.#torch.value });
    return 'done';
  }

  /** Answers false where this camera cannot zoom; a factor beyond what it has is brought within. */
  async setZoom(wanted: number): Promise<boolean> {
    const track = this.#track.peek();
    const { supported } = this.#zoom.peek();
    if (!track || !supported) return false;
    const zoom = withinZoom(this.#zoom.peek(), wanted);
    await applyControls(track, { zoom, torch: this.#torch.peek() === 'on' ? true : undefined });
    this.#zoom.value = { ...zoomOf(track), now: zoom };
    this.#deps.say({ zoom: this.#zoom.value });
    return true;
  }
}

export async function hasSeveralCameras(): Promise<boolean> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === 'videoinput').length > 1;
}

/** Whether the camera opens without a question; false where the browser does not say. */
export async function mayFilm(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'camera' });
    return state === 'granted';
  } catch {
    // WebKit and Firefox know no such permission: a tap is asked for.
    return false;
  }
}
