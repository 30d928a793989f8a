import assert from 'node:assert/strict';
import { NewLink } from '../../../signaling/protocol/links.ts';
import { formatPhone } from './phone.ts';
import { countryOf, firstWish, keepForRoom, problemOf, takeForRoom, toNewLink } from './wish.ts';

describe('A wish for a link', () => {
  const wish = firstWish('zh-CN', 'CN');

  it('asks for the helper once, and only when something is sent', () => {
    assert.equal(problemOf(wish), undefined);
    assert.equal(problemOf({ ...wish, phone: '138 0013 8000' }), 'helpers');
    assert.equal(problemOf({ ...wish, phone: '138 0013 8000', helpers: 'alone' }), undefined);
  });

  it('reads a number as the country of the site does', () => {
    const number = (phoneCountry?: string) => {
      const country = countryOf(phoneCountry === undefined ? {} : { phoneCountry });
      return toNewLink({ ...firstWish('en', country), phone: '07400 123456', helpers: 'two' }).phone;
    };
    assert.equal(number('GB'), '+447400123456');
    assert.equal(countryOf(undefined), 'CN');
    assert.equal(countryOf({ phoneCountry: 'QQ' }), 'CN');
  });

  it('says that a number cannot be read before it asks for the helper', () => {
    assert.equal(problemOf({ ...wish, phone: 'none' }), 'phone');
  });

  it('becomes what the server takes', () => {
    const made = toNewLink({ ...wish, need: 'arrest', phone: '138 0013 8000', helpers: 'two' });
    assert.deepEqual(NewLink.parse(made), {
      use: 'camera',
      need: 'arrest',
      helpers: 'two',
      language: 'zh-CN',
      phone: '+8613800138000',
    });
    assert.equal('phone' in NewLink.parse(toNewLink(wish)), false);
  });

  it('shows its number in groups', () => {
    assert.equal(formatPhone('+8613800138000'), '+86 138 0013 8000');
    assert.equal(formatPhone('+15550100199'), '+1 555 010 0199');
    assert.equal(formatPhone('+447700900123').replaceAll(' ', ''), '+447700900123');
  });

  it('is taken once by the room it was made for', () => {
    const incident = { title: 'Market', drill: false, answeredAt: 1, link: undefined };
    keepForRoom('r1', incident);
    assert.equal(takeForRoom('r2'), undefined);
    assert.equal(takeForRoom('r1'), incident);
    assert.equal(takeForRoom('r1'), undefined);
  });
});
