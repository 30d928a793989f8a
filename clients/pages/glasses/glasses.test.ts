import assert from 'node:assert/strict';
import fc from 'fast-check';
import { back, CODE_DIGITS, codeIn, isWhole, NO_CODE, take, turn } from './code-wheel.ts';
import { COMMANDS, commandsFor, keepCurrent, nextCommand, type Standing } from './commands.ts';
import { commandIn } from './spoken.ts';
import { fold, HOLD_MS, type KeyState } from './two-keys.ts';

const quiet: Standing = {
  orderWaits: false,
  helpRings: false,
  torch: 'off',
  tracksWorld: false,
};

describe('The commands of a wearer', () => {
  it('are all reached by moving on, and only those that there are', () => {
    const booleans = fc.record({
      orderWaits: fc.boolean(),
      helpRings: fc.boolean(),
      torch: fc.constantFrom('on' as const, 'off' as const, 'unsupported' as const),
      tracksWorld: fc.boolean(),
    });
    fc.assert(
      fc.property(booleans, (standing) => {
        const list = commandsFor(standing);
        let current = list[0] ?? 'dim';
        const seen = new Set(list.map(() => (current = nextCommand(list, current))));
        assert.deepEqual([...seen].sort(), [...list].sort());
      }),
    );
  });

  it('bring an order forward when it begins to wait, and never take it away from under a finger', () => {
    const before = commandsFor(quiet);
    const after = commandsFor({ ...quiet, orderWaits: true });
    assert.equal(keepCurrent(before, after, 'torch'), 'read-back');
    assert.equal(keepCurrent(after, after, 'torch'), 'torch');
  });

  it('put calling off where calling was', () => {
    const ringing = commandsFor({ ...quiet, helpRings: true });
    assert.equal(keepCurrent(commandsFor(quiet), ringing, 'expert'), 'cancel-call');
    assert.equal(keepCurrent(ringing, commandsFor(quiet), 'cancel-call'), 'expert');
  });

  it('name no light where there is none', () => {
    assert.ok(!commandsFor({ ...quiet, torch: 'unsupported' }).includes('torch'));
  });
});

describe('Two keys', () => {
  const press = (state: KeyState, type: 'down' | 'up' | 'timer', key: string, at: number) =>
    fold(state, { type, key, at });

  it('move on, and do', () => {
    assert.equal(press({}, 'down', 'ArrowRight', 0).action, 'next');
    const down = press({}, 'down', 'Enter', 0);
    assert.equal(down.action, undefined);
    assert.equal(press(down.state, 'up', 'Enter', 200).action, 'do');
  });

  it('call once while held, however the key repeats, and do nothing more when let go', () => {
    let { state } = press({}, 'down', 'Enter', 0);
    state = press(state, 'down', 'Enter', 500).state;
    const held = press(state, 'timer', 'Enter', HOLD_MS);
    assert.equal(held.action, 'hold');
    assert.equal(press(held.state, 'timer', 'Enter', HOLD_MS + 100).action, undefined);
    assert.deepEqual(press(held.state, 'up', 'Enter', HOLD_MS + 200), { state: {} });
  });

  it('leave other keys alone', () => {
    assert.deepEqual(press({}, 'down', 'm', 0), { state: {} });
  });
});

describe('A code of six digits', () => {
  it('is entered by turning and taking, whatever it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{6}$/), (code) => {
        let entry = NO_CODE;
        for (const digit of code) {
          for (let at = 0; at < Number(digit); at += 1) entry = turn(entry);
          entry = take(entry);
        }
        assert.equal(entry.digits, code);
        assert.ok(isWhole(entry));
        assert.equal(take(entry).digits, code);
        assert.equal(back(entry).digits.length, CODE_DIGITS - 1);
      }),
    );
  });

  it('is read from a QR code alone or with the address, and from nothing else', () => {
    assert.equal(codeIn('https://hospital.example/glasses#123456'), '123456');
    assert.equal(codeIn(' 654321 '), '654321');
    assert.equal(codeIn('https://hospital.example/glasses#Ab-9_cdefgh'), 'Ab-9_cdefgh');
    for (const text of ['12345', '1234567', 'https://elsewhere.example/123456', '', 'abcdef'])
      assert.equal(codeIn(text), undefined);
  });
});

describe('Heard words', () => {
  const sentences = COMMANDS.map((command) => ({ command, says: [`Do ${command}`, `执行${command}`] }));

  it('name a command as a whole sentence, however it is written', () => {
    assert.equal(commandIn('do TORCH.', sentences), 'torch');
    assert.equal(commandIn('执行 torch', sentences), 'torch');
  });

  it('are never a command within other talk', () => {
    assert.equal(commandIn('please do torch now', sentences), undefined);
    fc.assert(fc.property(fc.string(), (text) => commandIn(`x${text}`, sentences) === undefined));
  });
});
