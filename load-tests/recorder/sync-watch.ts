/**
 * Loaded into a recorder before anything else (`--import`): writes down what each fsync has made sure of, so that a power cut can be
 * played afterwards by `power-cut.ts`. A file counts up to the size it had when its flush began; a name counts when its folder was
 * flushed after it was given. Every flushed file gets a second name in a shadow folder, so that it can be found again after a rename.
 */
import { fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { noteSync } from './power-cut.ts';

/** The shadow folder; nothing is watched without. */
export const SHADOW_VARIABLE = 'GOLDENHOUR_SYNC_SHADOW';

async function watch(shadow: string): Promise<void> {
  const handle = await open('/dev/null');
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ['sync', 'datasync'] as const) {
    const original = prototype[name];
    prototype[name] = async function watched(this: FileHandle) {
      const ended = noteSync(shadow, `/proc/self/fd/${this.fd}`, fstatSync(this.fd));
      await original.call(this);
      ended();
    };
  }
}

const shadow = process.env[SHADOW_VARIABLE];
if (shadow !== undefined) await watch(shadow);
