import assert from 'node:assert/strict';
import { Keyring } from '../people/keyring.ts';
import { indexedWords, queriedWords, wordHashes } from './words.ts';

const found = (name: string, query: string) => {
  const words = new Set(indexedWords(name));
  const wanted = queriedWords(query);
  return wanted.length > 0 && wanted.every((word) => words.has(word));
};

describe('words by which recordings are found', () => {
  it('are whole words, whatever their case and form', () => {
    assert.ok(found('Anna-Maria O’Neil', 'anna'));
    assert.ok(found('Anna-Maria O’Neil', 'NEIL maria'));
    assert.ok(!found('Anna-Maria O’Neil', 'ann'));
    assert.ok(found('José', 'José'.normalize('NFD')));
    assert.ok(found('ＡＢＣ-１２３', 'abc 123'));
  });

  it('find Chinese names by a character, by what stands together, and whole', () => {
    for (const query of ['王', '小明', '王小明', '明']) assert.ok(found('王小明', query), query);
    for (const query of ['明王', '王明', '李', '王小明明']) assert.ok(!found('王小明', query), query);
    assert.ok(found('王小明 (Wang Xiaoming)', 'wang 小明'));
    assert.ok(found('患者王小明23岁', '王小明'));
  });

  it('are none for a name without letters and digits', () => {
    assert.deepEqual(queriedWords(' -- '), []);
    assert.ok(!found('Anna', '…'));
  });

  it('are stored as keyed hashes, apart for patients and for people', () => {
    const keyring = new Keyring(new Uint8Array(32).fill(1));
    const other = new Keyring(new Uint8Array(32).fill(2));
    const [hash] = wordHashes(keyring, 'patient', ['Anna', 'anna']);
    assert.match(hash ?? '', /^[0-9a-f]{64}$/);
    assert.equal(wordHashes(keyring, 'patient', ['Anna', 'anna']).length, 1);
    assert.notEqual(hash, wordHashes(keyring, 'person', ['Anna'])[0]);
    assert.notEqual(hash, wordHashes(other, 'patient', ['Anna'])[0]);
  });
});
