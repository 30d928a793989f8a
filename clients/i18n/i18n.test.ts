import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'vite';
import { ERROR_CODES } from '../../signaling/protocol/errors.ts';
import { en } from './en.ts';
import { fill, language, lookUp, t } from './index.ts';
import { zhCN } from './zh-CN.ts';

const root = join(import.meta.dirname, '..');
const sources = globSync('{ui,pages}/**/*.{ts,tsx}', { cwd: root })
  .filter((file) => !file.includes('.test.'))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('The two languages', () => {
  it('have the same keys with the same placeholders', () => {
    assert.deepEqual(Object.keys(zhCN).sort(), Object.keys(en).sort());
    const other: Readonly<Record<string, string>> = zhCN;
    for (const [key, text] of Object.entries(en)) {
      assert.deepEqual(placeholders(other[key] ?? ''), placeholders(text), key);
      assert.notEqual(other[key]?.trim(), '', key);
    }
  });

  it('are written in Chinese wherever a sentence is to be read', () => {
    const english = Object.entries(zhCN).filter(([, text]) => /[a-z]{4,} [a-z]{3,}/.test(text));
    assert.deepEqual(english, []);
  });

  it('hold no text that no page uses', () => {
    const all = sources.map(({ text }) => text).join('\n');
    const whole = new Set([...all.matchAll(/'([\w.-]+)'/g)].map(([, key]) => key));
    const computed = [...all.matchAll(/`([\w.]+\.)\$\{[^}]+\}([\w.]*)`/g)];
    const unused = Object.keys(en).filter(
      (key) =>
        !whole.has(key) &&
        !computed.some(([, start = '', end = '']) => key.startsWith(start) && key.endsWith(end)),
    );
    assert.deepEqual(unused, []);
  });

  it('have a sentence for every error code of the wire', () => {
    for (const code of ERROR_CODES) assert.equal(typeof lookUp(`error.${code}`), 'string', code);
  });

  it('follow the language that was chosen', () => {
    language.value = 'zh-CN';
    assert.equal(t('tile.notLive'), '非实时画面');
    language.value = 'en';
    assert.equal(t('tile.notLive'), 'NOT LIVE');
    assert.equal(fill('{a} of {b}', { a: 1 }), '1 of {b}');
  });
});

/** Text between tags and in attributes that people read, with letters in it. */
function rawTexts(file: string, text: string): string[] {
  const found: string[] = [];
  const { program, errors } = parseSync(file, text);
  assert.deepEqual(errors, [], file);
  const read = ['title', 'placeholder', 'alt', 'aria-label', 'label'];
  new Visitor({
    JSXText(node) {
      if (/\p{L}/u.test(node.value)) found.push(`${file}: ${node.value.trim()}`);
    },
    JSXAttribute(node) {
      const name = node.name.type === 'JSXIdentifier' ? node.name.name : '';
      const { value } = node;
      if (!read.includes(name) || value?.type !== 'Literal') return;
      if (typeof value.value === 'string' && /\p{L}/u.test(value.value))
        found.push(`${file}: ${value.value}`);
    },
  }).visit(program);
  return found;
}

describe('The pages', () => {
  it('show no text that is not in the dictionaries', () => {
    const found = sources
      .filter(({ file }) => file.endsWith('.tsx'))
      .flatMap(({ file, text }) => rawTexts(file, text));
    // The one mark that is the same in every language.
    assert.deepEqual(
      found.filter((text) => !/: 4K$/.test(text)),
      [],
    );
  });
});
