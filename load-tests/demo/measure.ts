/** What is measured at the receiver of the demo: on the doctor's page, and in the room's log. */
import type { Page } from 'playwright-core';
import type { Emergency } from './emergency.ts';

export interface Seen {
  /** What did not happen, in words. */
  readonly problems: readonly string[];
  /** The largest picture presented while it was watched, and frames a second over all of that time. */
  readonly video: { readonly width: number; readonly height: number; readonly fps: number };
  readonly firstFrameMs: number;
  /** The bystander's part: what was let go is no peer any more. */
  readonly bystander: { readonly firstFrameMs: number; readonly released: boolean };
  /** Loudest sample of the speech heard by the doctor, 0 to 1. */
  readonly audioLevel: number;
  /** Entries in the room's log. */
  readonly facts: number;
  readonly peers: number;
  readonly helpAnswered: boolean;
  readonly chatDelivered: boolean;
}

const LOOK_MS = 6000;
/** A ladder climbs a rung in 6 s; a machine that is busy fails some climbs and waits longer before the next. */
const MEASURE_DEADLINE_MS = 240_000;

/**
 * Waits for the full picture, watches it for six seconds and reads the log. An encoder without hardware may lower the
 * picture again while it is watched; the largest one counts, as does that it moved.
 */
export async function measureEmergency(emergency: Emergency): Promise<Seen> {
  const { stack, roomId, doctor, firstFrameMs, bystanderFrameMs } = emergency;
  const problems: string[] = [];
  await waitForPicture(doctor).catch(() => problems.push('the picture did not reach 3840 × 2160'));
  const watched = await doctor.evaluate(watch, LOOK_MS);
  const state = await stack.signaling.rooms.at(roomId).state();
  const released = Object.values(state.bystander.links).some(({ ended }) => ended === 'released');
  const result = {
    video: watched.video,
    firstFrameMs,
    bystander: { firstFrameMs: bystanderFrameMs, released },
    audioLevel: watched.audioLevel,
    facts: state.seq,
    peers: Object.keys(state.peers).length,
    helpAnswered: Object.values(state.help).some((call) => call.answeredBy !== undefined),
    chatDelivered: state.messages.some((message) => message.deliveredTo.length > 0),
  };
  if (result.video.width !== 3840 || result.video.height !== 2160) {
    problems.push(`the picture was ${result.video.width} × ${result.video.height} at its largest`);
  }
  if (result.video.fps <= 0) problems.push('the picture does not move');
  if (result.audioLevel < 0.02) problems.push('no speech was heard');
  if (!released) problems.push('the bystander was not released');
  if (!result.helpAnswered) problems.push('the call for help was not answered');
  if (!result.chatDelivered) problems.push('the message was not delivered');
  if (result.peers < 2) problems.push('the room does not hold both peers');
  return { problems, ...result };
}

function waitForPicture(doctor: Page) {
  return doctor.waitForFunction(
    () => [...document.querySelectorAll('video')].some((video) => video.videoHeight === 2160),
    undefined,
    { timeout: MEASURE_DEADLINE_MS },
  );
}

/** Runs in the page: counts frames of the largest picture and listens to every voice. */
async function watch(ms: number) {
  const videos = [...document.querySelectorAll('video')].sort((a, b) => b.videoHeight - a.videoHeight);
  const [video] = videos;
  const frames = () => video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
  const context = new AudioContext();
  const meters = [...document.querySelectorAll('audio')].flatMap((audio) => {
    if (!(audio.srcObject instanceof MediaStream) || audio.srcObject.getAudioTracks().length === 0) return [];
    const meter = context.createAnalyser();
    context.createMediaStreamSource(audio.srcObject).connect(meter);
    return [meter];
  });
  const samples = new Float32Array(2048);
  const began = performance.now();
  const framesBefore = frames();
  let audioLevel = 0;
  let size = { width: 0, height: 0 };
  while (performance.now() - began < ms) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    if (video && video.videoHeight > size.height)
      size = { width: video.videoWidth, height: video.videoHeight };
    for (const meter of meters) {
      meter.getFloatTimeDomainData(samples);
      for (const sample of samples) audioLevel = Math.max(audioLevel, Math.abs(sample));
    }
  }
  const seconds = (performance.now() - began) / 1000;
  const fps = Math.round(((frames() - framesBefore) / seconds) * 10) / 10;
  await context.close();
  return {
    video: { ...size, fps },
    audioLevel: Math.round(Math.min(1, audioLevel) * 1000) / 1000,
  };
}
