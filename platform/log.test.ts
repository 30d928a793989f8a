import assert from 'node:assert/strict';
import { AppError } from './errors.ts';
import { createLogger, type LogLevel } from './log.ts';

function capture(level: LogLevel = 'info') {
  const lines: string[] = [];
  const logger = createLogger(
    'test',
    { nodeId: 'n1', token: 'planted' },
    {
      level,
      destination: { write: (line: string) => void lines.push(line) },
    },
  );
  return { lines, logger };
}

describe('createLogger', () => {
  it('writes one JSON object per line with part, fields, level, time and message', () => {
    const { lines, logger } = capture();
    logger.info({ roomId: 'r1' }, 'room opened');
    assert.equal(lines.length, 1);
    const { time, ...line } = JSON.parse(lines[0] ?? '');
    assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual(line, {
      level: 'info',
      part: 'test',
      nodeId: 'n1',
      token: '[redacted]',
      roomId: 'r1',
      message: 'room opened',
    });
  });

  it('removes tokens, names, telephone numbers and words at any depth, in any spelling', () => {
    const { lines, logger } = capture();
    const planted = 'planted-value';
    logger.info({
      roomToken: planted,
      peer: { displayName: planted, phone_number: planted, chat: [{ text: planted }] },
      headers: { Authorization: planted, 'Set-Cookie': planted },
      config: { turn: { sharedSecret: planted }, adminPassword: planted },
    });
    logger.child({ peerId: 'p1', name: planted }).info('joined');
    logger.error(new AppError('bad', 'It failed.', { details: { accessToken: planted, count: 3 } }));
    assert.ok(!lines.join('').includes(planted), lines.join(''));
    assert.match(lines[2] ?? '', /"code":"bad".*"count":3/);
  });

  it('keeps code, stack and cause of an error and survives a cycle', () => {
    const { lines, logger } = capture();
    const cycle: Record<string, unknown> = { size: 1 };
    cycle.self = cycle;
    logger.error({ error: new Error('outer', { cause: new Error('inner') }), cycle }, 'failed');
    assert.match(lines[0] ?? '', /outer/);
    assert.match(lines[0] ?? '', /inner/);
    assert.match(lines[0] ?? '', /log\.test\.ts/);
  });

  it('writes nothing below its level', () => {
    const { lines, logger } = capture('warn');
    logger.info('quiet');
    logger.warn('loud');
    assert.equal(lines.length, 1);
  });
});
