import assert from 'node:assert/strict';
import { contentSecurityPolicy } from './headers.ts';

const directive = (policy: string, name: string) =>
  policy.split('; ').find((each) => each.startsWith(`${name} `));

describe('The Content-Security-Policy', () => {
  it('lets pictures come from the site’s map server, and nothing else from there', () => {
    const policy = contentSecurityPolicy('localhost', ['https://tiles.example']);
    assert.equal(directive(policy, 'img-src'), "img-src 'self' data: blob: https://tiles.example");
    assert.equal(policy.split('https://tiles.example').length, 2);
  });

  it('names no other origin where there is no map server', () => {
    assert.equal(directive(contentSecurityPolicy('localhost'), 'img-src'), "img-src 'self' data: blob:");
    assert.doesNotMatch(contentSecurityPolicy(''), /https?:|wss?:/);
  });
});
