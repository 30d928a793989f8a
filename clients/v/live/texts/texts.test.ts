import assert from 'node:assert/strict';
import { signal } from '@preact/signals';
import type { Language } from '../../../../signaling/protocol/guidance.ts';
import { Phrase } from '../../../../signaling/protocol/phrases.ts';
import { en } from './en.ts';
import { distanceText, phraseIn, sayIn } from './index.ts';
import { zh } from './zh.ts';

const english: Readonly<Record<string, string>> = en;
const chinese: Readonly<Record<string, string>> = zh;
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
const han = /\p{Script=Han}/u;

describe('The texts of the live part', () => {
  it('say every key in both languages, with the same values, each in its own script', () => {
    assert.deepEqual(Object.keys(chinese).sort(), Object.keys(english).sort());
    for (const [key, text] of Object.entries(english)) {
      const other = chinese[key] ?? '';
      assert.ok(text.trim() !== '' && text.length <= 120 && other.length <= 50, key);
      assert.deepEqual(names(other), names(text), key);
      assert.deepEqual([han.test(text), han.test(other)], [false, true], key);
    }
  });

  it('say every phrase in both languages', () => {
    for (const phrase of Phrase.options) {
      assert.ok(phraseIn('en', phrase).length > 0 && !han.test(phraseIn('en', phrase)), phrase);
      assert.ok(han.test(phraseIn('zh-CN', phrase)), phrase);
    }
  });

  it('follow the language and say distances as people do', () => {
    const language = signal<Language>('en');
    const say = sayIn(language);
    assert.equal(say('placeKnown', { metres: 12 }), 'Your location is sent, to about 12 m.');
    language.value = 'zh-CN';
    assert.equal(say('placeKnown', { metres: 12 }), '位置已发送，误差约 12 米。');
    assert.equal(distanceText('en', 234), '230 m');
    assert.equal(distanceText('en', 1640), '1.6 km');
    assert.equal(distanceText('zh-CN', 3), '10米');
  });
});
