import assert from 'node:assert/strict';
import { en } from './en.ts';
import { textOf } from './index.ts';
import { zh } from './zh.ts';

const english: Readonly<Record<string, string>> = en;
const chinese: Readonly<Record<string, string>> = zh;
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

describe('The texts of the bystander page', () => {
  it('say every key in both languages, with the same values', () => {
    assert.deepEqual(Object.keys(chinese).sort(), Object.keys(english).sort());
    for (const [key, text] of Object.entries(english)) {
      assert.ok(text.trim() !== '' && (chinese[key] ?? '').trim() !== '', key);
      assert.deepEqual(new Set(names(chinese[key] ?? '')), new Set(names(text)), key);
    }
  });

  it('hold Chinese in Chinese and none in English, but for the switch', () => {
    const han = /\p{Script=Han}/u;
    for (const [key, text] of Object.entries(english))
      assert.equal(han.test(text), key === 'languageOther', key);
    for (const [key, text] of Object.entries(chinese))
      assert.equal(han.test(text), key !== 'languageOther', key);
  });

  it('keep what has to be read beside a patient short', () => {
    for (const [key, text] of Object.entries(english)) assert.ok(text.length <= 170, `${key} is too long`);
    for (const [key, text] of Object.entries(chinese)) assert.ok(text.length <= 70, `${key} is too long`);
  });

  it('fill in values and leave a missing one to be seen', () => {
    assert.equal(textOf('en', 'callNumber', { phone: '120' }), 'Call 120');
    assert.equal(textOf('zh-CN', 'callNumber'), '拨打 {phone}');
  });
});
