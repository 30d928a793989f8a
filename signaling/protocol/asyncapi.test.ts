import assert from 'node:assert/strict';
import { asyncApi } from './asyncapi.ts';
import { METHODS } from './methods.ts';
import { NOTIFICATIONS } from './notifications.ts';

describe('The AsyncAPI description', () => {
  const text = JSON.stringify(asyncApi('1.0.0'));

  it('names every method and notification of the tables', () => {
    for (const name of [...Object.keys(METHODS), ...Object.keys(NOTIFICATIONS)]) {
      assert(text.includes(`"const":"${name}"`), `${name} is missing`);
    }
  });

  it('describes parameters and says that unknown keys are refused', () => {
    const document: unknown = JSON.parse(text);
    const find = (path: string[]) =>
      path.reduce<unknown>((value, key) => {
        assert(typeof value === 'object' && value !== null && key in value, `no ${key} in ${path.join('.')}`);
        return Object.entries(value).find(([name]) => name === key)?.[1];
      }, document);
    const params = ['channels', 'request', 'messages', 'chat.send', 'payload', 'properties', 'params'];
    assert.deepEqual(find([...params, 'properties', 'to', 'enum']), [
      'room',
      'staff',
      'clinical',
      'bystanders',
    ]);
    assert.equal(find([...params, 'additionalProperties']), false);
  });
});
