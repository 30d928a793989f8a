import assert from 'node:assert/strict';
import { Fleet } from '../bot/fleet.ts';
import { Passes } from '../bot/passes.ts';
import { type SplitStack, startSplit } from './split.ts';

describe('A stack of two media nodes', function () {
  this.timeout(120_000);
  let stack: SplitStack;
  let fleet: Fleet;

  before(async () => {
    stack = await startSplit({ nodes: 2 });
    fleet = new Fleet();
  });
  after(async () => {
    await fleet?.close();
    await stack?.close();
  });

  it('spreads rooms over both, each with pictures that arrive', async () => {
    const passes = new Passes(stack);
    const rooms = await passes.rooms(2, 'Two nodes');
    const homes: number[] = [];
    for (const roomId of rooms) {
      const crew = await fleet.add({
        name: `crew ${roomId}`,
        pass: await passes.of('paramedic'),
        media: true,
      });
      await crew.join(roomId);
      await crew.publish({ video: { width: 320, height: 180, fps: 10 } });
      const doctor = await fleet.add({
        name: `doctor ${roomId}`,
        pass: await passes.of('doctor'),
        media: true,
      });
      await doctor.join(roomId, { role: 'coordinator' });
      await doctor.where(({ sight }) => (sight?.frames ?? 0) > 5, 'pictures');
      const dumps = await stack.dumps(roomId);
      homes.push(...dumps.flatMap((dump, node) => ((dump?.producers.length ?? 0) > 0 ? [node] : [])));
    }
    assert.deepEqual(homes.sort(), [0, 1]);
  });
});
