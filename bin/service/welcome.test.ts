import assert from 'node:assert/strict';
import { ownOrigin } from '../../platform/tls/addresses.ts';
import { type Welcomed, welcome } from './welcome.ts';

const side = (more: Partial<Welcomed> = {}): Welcomed => ({
  people: { ensureFirstAdmin: async () => undefined },
  listener: { port: 8443 },
  ...more,
});

describe('The welcome', () => {
  it('names the origin that links really begin with', async () => {
    for (const bystanderOrigin of ['https://help.example.org', ownOrigin([], 9443)]) {
      const words = await welcome(side({ bystanderOrigin }));
      assert.match(words, new RegExp(`Bystanders {2}${bystanderOrigin}/ `));
    }
  });

  it('says nothing of bystanders where this process has no door for them', async () => {
    assert.doesNotMatch(await welcome(side()), /Bystanders/);
  });

  it('shows the password of the first administrator once it is made, and asks for a copy of the key', async () => {
    const admin = { username: 'admin', password: 'made-just-now' };
    const words = await welcome(side({ people: { ensureFirstAdmin: async () => admin } }), 'f1a9');
    assert.match(words, /admin.*made-just-now/s);
    assert.match(words, /goldenhour keys confirm f1a9/);
  });
});
