import assert from 'node:assert/strict';
import { LANGUAGES } from '../protocol/guidance.ts';
import { LinkUse } from '../protocol/links.ts';
import { smsSegments } from '../protocol/sms-text.ts';
import { linkText } from './sms-words.ts';

const code = 'AbCdEfGhIjKlMnOpQrSt-_';
const url = `https://v.example.cn/v#${code}`;
const common = { emergencyPhone: '120' };

describe('the words of an SMS with a link', () => {
  it('fit one segment in every language and for every use, with the address last', () => {
    for (const language of LANGUAGES)
      for (const use of LinkUse.options) {
        const text = linkText({ ...common, use, language, url });
        assert.equal(smsSegments(text).segments.length, 1, text);
        assert.ok(text.endsWith(` ${url}`) && text.includes('120'), text);
      }
  });

  it('become fewer before they need a second segment', () => {
    const short = linkText({ ...common, use: 'camera', language: 'zh-CN', url });
    const signed = linkText({
      ...common,
      use: 'camera',
      language: 'zh-CN',
      url,
      signature: '【市急救中心】',
    });
    assert.equal(smsSegments(signed).segments.length, 1);
    assert.ok(signed.startsWith('【市急救中心】'));
    const long = `https://v.city-hospital.example/v#${code}`;
    const cut = linkText({ ...common, use: 'camera', language: 'zh-CN', url: long });
    assert.ok(cut.endsWith(long));
    assert.ok(cut.length - long.length < short.length - url.length);
  });

  it('say who sends it and what to do, and are a complete sentence where the address is too long anyway', () => {
    const endless = `https://${'x'.repeat(200)}.example/v#${code}`;
    assert.equal(
      linkText({ ...common, use: 'camera', language: 'zh-CN', url: endless }).split(' ')[0],
      '120急救：请点开，让调度员看到现场并帮助您',
    );
    assert.equal(
      linkText({ ...common, use: 'camera', language: 'en', url }),
      `Emergency 120: tap so that the dispatcher can see and help you ${url}`,
    );
  });
});
