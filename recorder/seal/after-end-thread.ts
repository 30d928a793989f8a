/**
 * The thread that checks and seals one recording: its manifest takes seconds to parse, to hash and to write, and the main
 * thread of a recorder captures other rooms meanwhile.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../platform/clock.ts';
import { isAppError, messageOf } from '../../platform/errors.ts';
import { RecordingKeys } from '../keys/recording-keys.ts';
import { thumbprint } from '../keys/signing-key.ts';
import { summaryOf } from '../package/room-packager.ts';
import { type AfterEndAnswer, AfterEndOrder, afterEndText } from './after-end-messages.ts';
import { checkPackage } from './check.ts';
import { plainAccess, signerOf } from './plain.ts';
import { sealPackage } from './seal.ts';

const port = parentPort;
if (!port) throw new Error('This file runs as a thread of the recorder.');
const tell = (answer: AfterEndAnswer) => port.postMessage(afterEndText(answer));
try {
  // On Linux a priority belongs to the thread that asks (setpriority(2)), and children inherit it.
  setPriority(constants.priority.PRIORITY_LOW);
} catch (error) {
  tell({ type: 'note', text: `the priority cannot be lowered: ${messageOf(error)}` });
}
try {
  const order = AfterEndOrder.parse(workerData);
  tell(await (order.step === 'check' ? check(order) : seal(order)));
} catch (error) {
  tell({ type: 'failed', code: isAppError(error) ? error.code : 'internal', message: messageOf(error) });
} finally {
  port.close();
}

async function check({ roomId, folder, keysFolder, masterKey }: AfterEndOrder): Promise<AfterEndAnswer> {
  const keys = new RecordingKeys({ folder: keysFolder, masterKey });
  const [purpose = 'evidence'] = await keys.purposes(roomId);
  const access = plainAccess({ folder, roomId, keys, purpose });
  const manifest = await checkPackage({ folder, access, now: () => systemClock.now() });
  return { type: 'done', summary: { ...summaryOf(manifest), state: manifest.state } };
}

async function seal({ folder, signingKey, timeAuthority }: AfterEndOrder): Promise<AfterEndAnswer> {
  const privateKey = createPrivateKey(signingKey);
  const publicKey = createPublicKey(privateKey);
  const { manifest, timestampFailed } = await sealPackage({
    folder,
    signer: signerOf({ privateKey, publicKey, keyId: thumbprint(publicKey) }),
    ...(timeAuthority === undefined ? {} : { timeAuthority }),
  });
  return {
    type: 'done',
    summary: { ...summaryOf(manifest), state: manifest.state },
    verified: manifest.check?.problems.length === 0,
    ...(timestampFailed === undefined ? {} : { timestampFailed }),
  };
}
