import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { loadConfig } from '../../platform/config/load.ts';
import { createMetricsRegistry } from '../../platform/metrics.ts';
import { findProgram } from '../../platform/setup/run-program.ts';
import { openMediaNode } from './media-node.ts';

/** The environment that each worker of a node was started with. */
async function environments(args: readonly string[]): Promise<string[]> {
  const closers: ((reason: string) => unknown)[] = [];
  const config = loadConfig({
    cwd: tmpdir(),
    env: {},
    args: ['--sfu.workers', '2', '--sfu.rtcBasePort', '0', '--sfu.listenAddresses', '["127.0.0.1"]', ...args],
  });
  const node = await openMediaNode(config, createMetricsRegistry({ role: 'sfu' }), (_, closer) =>
    closers.push(closer),
  );
  try {
    return await Promise.all(node.workers.map(({ pid }) => readFile(`/proc/${pid}/environ`, 'utf8')));
  } finally {
    for (const close of closers) await close('the test is over');
  }
}

describe('the workers of a service', () => {
  it('send in batches, where there is a compiler', async function () {
    if (!['cc', 'gcc', 'clang'].some((name) => findProgram(name) !== undefined)) this.skip();
    for (const environment of await environments([])) assert.match(environment, /LD_PRELOAD=\S*batched-send/);
  });

  it('send one by one where that is asked for', async () => {
    const found = await environments(['--sfu.batchedSending', 'false']);
    assert.equal(found.length, 2);
    for (const environment of found) assert.doesNotMatch(environment, /batched-send/);
  });
});
