/**
 * The thread that verifies and exports, below everything else in priority: capture shares these processor cores. It is
 * given the paths and the master key, tells its progress, and ends with the job.
 */
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { isAppError, messageOf } from '../../platform/errors.ts';
import { fromJobThread, type JobNews, JobOrder, ToJobThread } from './job-messages.ts';
import { runJob } from './job-run.ts';

const port = parentPort;
if (!port) throw new Error('This file runs as a thread of the recorder.');
const tell = (news: JobNews) => port.postMessage(fromJobThread(news));
const abort = new AbortController();
port.on('message', (message: unknown) => {
  if (ToJobThread.safeParse(message).success) abort.abort();
});
try {
  // On Linux a priority belongs to the thread that asks (setpriority(2)), and children inherit it.
  setPriority(constants.priority.PRIORITY_LOW);
} catch (error) {
  tell({ type: 'note', text: `the priority cannot be lowered: ${messageOf(error)}` });
}
try {
  const order = JobOrder.parse(workerData);
  const done = await runJob(order, abort.signal, (progress, step) =>
    tell({ type: 'progress', progress, step }),
  );
  tell({ type: 'done', ...done });
} catch (error) {
  tell({ type: 'failed', code: isAppError(error) ? error.code : 'internal', detail: messageOf(error) });
} finally {
  port.close();
}
