/**
 * A fault on purpose, loaded into signaling processes by a test alone, to prove that chaos finds real ones: every twentieth entry
 * is tampered with where it leaves for a reader. `CHAOS_PLANTED` is `drop`: it is not sent; `replay`: it is sent twice.
 */
import { Outbox } from '../../signaling/sockets/outbox.ts';

export const PLANTED_VARIABLE = 'CHAOS_PLANTED';
const EVERY = 20;

const how = process.env[PLANTED_VARIABLE];
let entries = 0;

if (how !== undefined) {
  const { send } = Outbox.prototype;
  Outbox.prototype.send = function (notification, volatile) {
    const pass = () => send.call(this, notification, volatile);
    if (notification.name !== 'entry') return pass();
    entries += 1;
    if (entries % EVERY !== 0) pass();
    else if (how === 'replay') {
      pass();
      pass();
    }
  };
}
