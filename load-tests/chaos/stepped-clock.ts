/**
 * Loaded before the service by `--import`: UTC, as this process sees it, is moved by as many milliseconds as the file named in the
 * environment says, as a time server or a hand would set it. The monotonic clock stays as it is. Node and its libraries read
 * UTC by `Date` alone, so nothing of the operating system needs to be deceived.
 */
import { readFileSync, watchFile } from 'node:fs';

export const STEP_VARIABLE = 'CHAOS_CLOCK_STEP_FILE';
const LOOK_MS = 50;

const file = process.env[STEP_VARIABLE];
if (file !== undefined) {
  let stepMs = 0;
  const read = () => {
    try {
      stepMs = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      // No step has been asked for yet.
      stepMs = 0;
    }
  };
  read();
  watchFile(file, { interval: LOOK_MS, persistent: false }, read);
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [RealDate.now() + stepMs] : args, newTarget),
    apply: () => new RealDate(RealDate.now() + stepMs).toString(),
    get: (target, name, receiver) =>
      name === 'now' ? () => RealDate.now() + stepMs : Reflect.get(target, name, receiver),
  });
}
