import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { CARD_IDS, CARDS, LANGUAGES } from '../../signaling/protocol/guidance.ts';
import { CARD_HASHES } from './hashes.ts';
import { type Card, loadCard, type Shape } from './index.ts';
import { svgMarkup } from './markup.ts';

const ATTRIBUTES = new Set([
  ...['d', 'x', 'y', 'width', 'height', 'rx', 'cx', 'cy', 'r', 'transform', 'class'],
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-linecap', 'stroke-linejoin'],
  ...['stroke-dasharray', 'paint-order', 'font-size', 'font-weight', 'font-family', 'text-anchor'],
]);

/** All that a person sees of a card, in one order. */
function contentOf(card: Card): string {
  const steps = LANGUAGES.map((language) =>
    card.steps[language].map((step) => [step.text, svgMarkup(step.drawing)]),
  );
  return JSON.stringify([card.guideline, card.metronome, card.title['zh-CN'], card.title.en, steps]);
}

const hashOf = (card: Card) => createHash('sha256').update(contentOf(card)).digest('hex');
const allShapes = (shapes: readonly Shape[]): Shape[] =>
  shapes.flatMap((shape) => [shape, ...allShapes(shape.children ?? [])]);
const cards = () => Promise.all(CARD_IDS.map(loadCard));
const stepsOf = (card: Card) => LANGUAGES.flatMap((language) => card.steps[language]);

describe('The cards of guidance', () => {
  it('carry the id, version and guideline of the contract', async () => {
    for (const card of await cards()) {
      assert.equal(await loadCard(card.cardId), card);
      const { version, guideline } = CARDS[card.cardId];
      assert.deepEqual({ version: card.version, guideline: card.guideline }, { version, guideline });
    }
    assert.deepEqual(
      (await cards()).map((card) => card.cardId),
      [...CARD_IDS],
    );
  });

  it('do not change their contents without a new version', async () => {
    for (const card of await cards()) {
      const name = `${card.cardId}@${card.version}`;
      assert.equal(
        hashOf(card),
        CARD_HASHES[name],
        `${name} differs from what hashes.ts says: give it a new version, there and in the contract`,
      );
    }
  });

  it('are told apart by a single changed word or line', async () => {
    const card = await loadCard('burns');
    const [first, ...rest] = card.steps.en;
    assert.ok(first !== undefined);
    const words = { ...card, steps: { ...card.steps, en: [{ ...first, text: `${first.text} ` }, ...rest] } };
    const shapes = first.drawing.shapes.slice(1);
    const drawing = { ...first, drawing: { ...first.drawing, shapes } };
    const picture = { ...card, steps: { ...card.steps, en: [drawing, ...rest] } };
    assert.equal(new Set([card, words, picture].map(hashOf)).size, 3);
  });

  it('have three to six steps of few words in both languages, with the same drawings', async () => {
    for (const card of await cards()) {
      const [chinese, english] = [card.steps['zh-CN'], card.steps.en];
      assert.ok(chinese.length >= 3 && chinese.length <= 6, card.cardId);
      assert.deepEqual(
        chinese.map((step) => step.drawing),
        english.map((step) => step.drawing),
      );
      for (const { text } of chinese) assert.match(text, /^[^a-z]{6,72}$/, text);
      for (const { text } of english) {
        assert.ok(text.length <= 175 && !/\p{Script=Han}/u.test(text), text);
      }
    }
  });

  it('start a metronome for compressions alone', async () => {
    const withIt = (await cards()).filter((card) => card.metronome).map((card) => card.cardId);
    assert.deepEqual(withIt, ['cpr-adult', 'cpr-child', 'cpr-infant']);
  });

  it('hold drawings that no Content-Security-Policy stops and no language needs', async () => {
    for (const card of await cards()) {
      for (const shape of stepsOf(card).flatMap((step) => allShapes(step.drawing.shapes))) {
        for (const [name, value] of Object.entries(shape.attributes)) {
          assert.ok(ATTRIBUTES.has(name), `${card.cardId}: ${name}`);
          assert.doesNotMatch(String(value), /NaN|undefined|Infinity|url\(/, card.cardId);
        }
        assert.match(shape.text ?? '', /^[\d–:× ]*(?:cm)?$/, card.cardId);
      }
    }
  });

  it('say the numbers of the guidelines', async () => {
    const text = async (id: (typeof CARD_IDS)[number]) =>
      stepsOf(await loadCard(id))
        .map((step) => step.text)
        .join('\n');
    for (const id of ['cpr-adult', 'cpr-child', 'cpr-infant'] as const) {
      assert.equal((await text(id)).match(/100–120/g)?.length, 2, id);
    }
    assert.equal((await text('cpr-adult')).match(/5–6 (?:cm|厘米)/g)?.length, 2);
    for (const id of ['cpr-child', 'cpr-infant'] as const) {
      assert.match(await text(id), /a third of the depth/);
      assert.match(await text(id), /三分之一/);
    }
    assert.equal((await text('bleeding')).match(/5–7 (?:cm|厘米)/g)?.length, 2);
    assert.equal((await text('burns')).match(/20 (?:minutes|分钟)/g)?.length, 2);
  });
});
