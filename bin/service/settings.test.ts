import assert from 'node:assert/strict';
import { loadConfig } from '../../platform/config/load.ts';
import { PublicConfig } from '../../signaling/protocol/http.ts';
import { PHONE_COUNTRIES } from '../../signaling/protocol/phone.ts';
import { publicConfig } from './settings.ts';

const told = (country: string) =>
  publicConfig(loadConfig({ cwd: '/', env: {}, args: ['--bystander.country', country] }));

describe('What pages are told of the configuration', () => {
  it('names the country of telephone numbers, each that the page can read and no other', () => {
    for (const country of PHONE_COUNTRIES) {
      assert.equal(PublicConfig.parse(told(country)).phoneCountry, country);
    }
    assert.throws(() => told('QQ'), /country/);
  });
});
