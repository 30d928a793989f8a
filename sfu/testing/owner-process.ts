/**
 * An owner in a process of its own, for tests. It claims a room, then carries out the requests that come on its
 * standard input, one JSON line each, until it is killed.
 */
import { createInterface } from 'node:readline';
import { createLogger } from '../../platform/log.ts';
import { CONTROL, type ControlMethod } from '../../signaling/protocol/control.ts';
import { connectControl } from '../control-client.ts';
import { linkUp } from './owner.ts';

const client = connectControl({
  nodeId: 'node-1',
  url: process.env.TEST_CONTROL_URL ?? '',
  secret: process.env.TEST_CLUSTER_SECRET ?? '',
  logger: createLogger('owner', {}, { level: 'silent' }),
});
await linkUp(client);

function isControlMethod(name: string): name is ControlMethod {
  return Object.hasOwn(CONTROL, name);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { method, params } = JSON.parse(line);
  if (!isControlMethod(method)) throw new Error(`there is no method ${method}`);
  const result = await client.request(method, CONTROL[method].params.parse(params));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
