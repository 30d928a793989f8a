import assert from 'node:assert/strict';
import { addressForPhones, ownOrigin } from './addresses.ts';

describe('the origin that links begin with', () => {
  it('is the first name the operator added to the certificate', () => {
    assert.equal(
      ownOrigin(['call.hospital.example', '10.0.0.7'], 8443),
      'https://call.hospital.example:8443',
    );
    assert.equal(ownOrigin(['2001:db8::7'], 443), 'https://[2001:db8::7]');
  });

  it('is else an address that other devices of the network can open, where there is one', () => {
    const phones = addressForPhones(8443);
    const wanted = phones === undefined ? 'https://localhost:8443' : new URL(phones).origin;
    assert.equal(ownOrigin([], 8443), wanted);
  });
});
