/** What the kernel gives the sockets of media: a whole 4K frame comes within a millisecond and must not be dropped. */
import { readFile } from 'node:fs/promises';
import { type Check, ok, warn } from './check.ts';

/** What media nodes and recorders ask for; the kernel silently gives less where its limit is lower. */
const WANTED_BYTES = 4_194_304;
const LIMITS = ['net.core.rmem_max', 'net.core.wmem_max'] as const;

/** @param read answers the text of a file of `/proc`; rejects where there is none */
export function buffersCheck(read = (path: string) => readFile(path, 'utf8')): Check {
  return {
    title: 'socket buffers',
    run: async () => {
      const limits = await Promise.all(
        LIMITS.map(async (name) => {
          // A container's own network may hide the limit of its host.
          const text = await read(`/proc/sys/${name.replaceAll('.', '/')}`).catch(() => '');
          return { name, bytes: text === '' ? undefined : Number(text) };
        }),
      );
      const found = limits.map(({ name, bytes }) => `${name} ${bytes ?? 'not told'}`).join(', ');
      const low = limits.filter(({ bytes }) => bytes === undefined || bytes < WANTED_BYTES);
      if (low.length === 0) return ok(found);
      const set = low.map(({ name }) => `sysctl -w ${name}=${WANTED_BYTES}`).join(' && ');
      return warn(
        found,
        `Frames of 4K cameras do not fit whole and are lost in bursts. Run "${set}" on the host and keep it in /etc/sysctl.d.`,
      );
    },
  };
}
