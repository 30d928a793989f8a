/** What the media half needs of its surroundings, injected so that it runs in Node with mediasoup-client's FakeHandler. */
import type { types } from 'mediasoup-client';
import * as z from 'zod/mini';
import type { Method, Params, Result } from '../../../signaling/protocol/methods.ts';
import type { RequestOptions } from '../types.ts';
import { sendingAnyLevel } from './h264-level.ts';
import { handlerByFeature } from './handler.ts';

export type Request = <M extends Method>(
  method: M,
  params: Params<M>,
  options?: RequestOptions,
) => Promise<Result<M>>;

/** Makes an unloaded mediasoup-client device. */
export type DeviceFactory = () => Promise<types.Device>;

/** A compressed picture of a track, at most `lines` high; undefined when the track has no frame to give. */
export type StillGrabber = (
  track: MediaStreamTrack,
  lines: number,
) => Promise<{ jpeg: Uint8Array<ArrayBuffer>; width: number; height: number; ageMs: number } | undefined>;

/** Loaded on first use, so that a sign-in page does not carry it. */
export const browserDevice: DeviceFactory = async () => {
  const { Device, detectDeviceAsync } = await import('mediasoup-client');
  const handlerName = (await detectDeviceAsync()) ?? handlerByFeature(globalThis);
  // Without one this rejects with the library's own UnsupportedError.
  if (handlerName !== 'Chrome111') return Device.factory(handlerName ? { handlerName } : {});
  const { Chrome111 } = await import('mediasoup-client/handlers/Chrome111');
  return new Device({ handlerFactory: sendingAnyLevel(Chrome111.createFactory({})) });
};

/**
 * The RTP types of mediasoup and mediasoup-client differ in their lists of header extension names only; the client
 * library validates in depth, so these parsers check no more than that there is an object.
 */
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
export const ClientRtpCapabilities = z.custom<types.RtpCapabilities>(isObject);
export const ClientRtpParameters = z.custom<types.RtpParameters>(isObject);
