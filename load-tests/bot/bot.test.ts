import assert from 'node:assert/strict';
import { type Stack, startStack } from '../stack/stack.ts';
import { Bot } from './bot.ts';
import { type Pass, signIn } from './door.ts';
import { Fleet } from './fleet.ts';

describe('A bot', function () {
  this.timeout(60_000);
  let stack: Stack;
  let bots: Bot[];
  let passes: Map<string, Pass>;

  before(async () => {
    stack = await startStack({ recorder: false });
    passes = new Map();
  });
  after(async () => {
    await stack?.close();
  });
  beforeEach(() => {
    bots = [];
  });
  afterEach(async () => {
    await Promise.all(bots.map((bot) => bot.close()));
  });

  async function open(username: string, name = username): Promise<Bot> {
    const person = stack.demo.people.find((each) => each.username === username);
    assert.ok(person);
    const pass = passes.get(username) ?? (await signIn(stack.origin, username, person.password));
    passes.set(username, pass);
    const bot = new Bot({ name, pass });
    bots.push(bot);
    return bot;
  }

  it('comes in as a person, says things and follows the log', async () => {
    const dispatcher = await open('dispatcher');
    const roomId = await dispatcher.createRoom('Bots', Object.values(stack.demo.organisations));
    const doctor = await open('doctor');
    await Promise.all([dispatcher.join(roomId), doctor.join(roomId, { role: 'coordinator' })]);
    const messageId = await doctor.chat('is he breathing');
    await dispatcher.where(() => dispatcher.log.timesOf(messageId) === 1, 'the message');
    const counts = dispatcher.counts();
    assert.deepEqual([counts.holes, counts.repeats, counts.reordered, counts.missing], [0, 0, 0, 0]);
    assert.ok(counts.heardMs.length > 0 && counts.last > 0);
    assert.equal(doctor.counts().acts, 1);
  });

  it('publishes from another process, and others decode its frames and hear it', async () => {
    const dispatcher = await open('dispatcher');
    const roomId = await dispatcher.createRoom('Pictures', Object.values(stack.demo.organisations));
    await open('paramedic');
    const passOf = (name: string) => passes.get(name) ?? assert.fail(name);
    const fleet = new Fleet();
    try {
      const crew = await fleet.add({ name: 'crew', pass: passOf('paramedic'), media: true });
      const viewer = await fleet.add({ name: 'viewer', pass: passOf('dispatcher'), media: true });
      await Promise.all([crew.join(roomId), viewer.join(roomId)]);
      await crew.publish({ video: { width: 320, height: 180, fps: 15 }, audio: true });
      const { sight } = await viewer.where(
        ({ sight: seen }) => (seen?.frames ?? 0) > 10 && (seen?.sounds ?? 0) > 50,
        'frames and sound',
      );
      assert.ok(sight && sight.pictures === 1 && (sight.firstFrameMs ?? 0) > 0);
      assert.deepEqual((await crew.counts()).errors, {});
      assert.equal((await viewer.counts()).missing, 0);
    } finally {
      await fleet.close();
    }
  });

  it('loses no entry when six of them are cut at once while they talk', async () => {
    const dispatcher = await open('dispatcher');
    const roomId = await dispatcher.createRoom('Storm', Object.values(stack.demo.organisations));
    const names = ['dispatcher', 'doctor', 'cardiologist', 'duty-doctor', 'paramedic', 'doctor'];
    const all = await Promise.all(names.map((name, i) => open(name, `${name} ${i}`)));
    await Promise.all(all.map((bot) => bot.join(roomId)));
    const said: string[] = [];
    const talk = all.map(async (bot) => {
      for (let i = 0; i < 8; i += 1) said.push(await bot.chat(`word ${i}`));
    });
    await all[0]?.where(() => said.length > 12, 'the talk');
    for (const bot of all) bot.cut();
    await Promise.all(talk);
    await Promise.all(
      all.map((bot) => bot.where(() => said.every((id) => bot.log.timesOf(id) === 1), 'all words')),
    );
    for (const bot of all) {
      const { missing, changed, repeats, connections, backMs } = bot.counts();
      assert.deepEqual({ missing, changed, repeats }, { missing: 0, changed: 0, repeats: 0 });
      assert.ok(connections >= 2 && backMs.length === 1);
    }
    assert.equal(new Set(said).size, 48);
  });
});
