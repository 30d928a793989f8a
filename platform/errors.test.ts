import assert from 'node:assert/strict';
import { AppError, isAppError, toAppError } from './errors.ts';

describe('AppError', () => {
  it('sends its code, status, message and what to do, but neither stack nor cause', () => {
    const error = new AppError('room-full', 'The room is full.', {
      status: 409,
      whatToDo: 'Ask the lead.',
      details: { peers: 30 },
      cause: new Error('inner secret'),
    });
    assert.deepEqual(JSON.parse(JSON.stringify(error.toWire())), {
      code: 'room-full',
      status: 409,
      message: 'The room is full.',
      whatToDo: 'Ask the lead.',
      details: { peers: 30 },
    });
    assert.ok(isAppError(error, 'room-full'));
    assert.ok(!isAppError(error, 'other'));
  });

  it('hides the message of an error that nobody coded', () => {
    const original = new Error('password=hunter2');
    const error = toAppError(original);
    assert.equal(error.code, 'internal-error');
    assert.ok(!JSON.stringify(error.toWire()).includes('hunter2'));
    assert.equal(error.cause, original);
  });
});
