/** The vehicle's own copy. Loaded apart from the rest of the SDK, and only by devices that send. */
import { systemClock } from '../clock.ts';
import { createFillApi } from './api.ts';
import { type OwnCopy, OwnCopyImpl } from './own-copy.ts';
import { hasStorage, Vault } from './vault.ts';

export type { CopyStatus, OwnCopy } from './own-copy.ts';
export type { CopyRoom, CopySource } from './room.ts';

/** Why this browser keeps no copy. Pages translate the code. */
export type CopyUnavailable = 'no-storage' | 'no-encoder';

export interface OwnCopyOptions {
  /** Origin of the server. */
  readonly url: string;
  /** Whose copy it is: only their session may send it. */
  readonly principalId: string;
  readonly boundBytes?: number;
  readonly fetch?: typeof globalThis.fetch;
}

/** Undefined where nothing is missing. */
export function copyUnavailable(): CopyUnavailable | undefined {
  if (!hasStorage()) return 'no-storage';
  const encodes =
    'MediaStreamTrackProcessor' in globalThis && 'VideoEncoder' in globalThis && 'AudioEncoder' in globalThis;
  return encodes ? undefined : 'no-encoder';
}

/** Opens the copy and begins to send what earlier pages left. Rejects where the browser refuses its storage. */
export async function openOwnCopy(options: OwnCopyOptions): Promise<OwnCopy> {
  // Without it the browser may clear the files when the disk of the device gets full; it may refuse all the same.
  await navigator.storage.persist();
  const vault = await Vault.open();
  const fetch: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  return new OwnCopyImpl({
    vault,
    api: createFillApi(options.url, fetch),
    clock: systemClock,
    principalId: options.principalId,
    wipe: () => Vault.wipe(),
    boundBytes: options.boundBytes,
  });
}

/** Removes every file and the key, such as when the device is signed out. */
export async function wipeOwnCopy(): Promise<void> {
  if (hasStorage()) await Vault.wipe();
}
