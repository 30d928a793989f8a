import assert from 'node:assert/strict';
import { Cast } from './cast.ts';
import { tellOfFinding } from './stories/review-finding.ts';
import { tellOfPlaying } from './stories/review-playing.ts';
import { tellOfReal } from './stories/review-real.ts';
import { ReviewStage } from './stories/review-stage.ts';
import { tellOfWorking } from './stories/review-working.ts';

/** The player on recordings made for it: their pictures say which frame of room time they are. */
describe('The pages of recordings', function () {
  this.timeout(300_000);
  const stage = new ReviewStage();
  before(() => stage.open());
  after(() => stage.close());

  tellOfFinding(stage);
  tellOfPlaying(stage);
  tellOfWorking(stage);

  it('throw nothing in all this', () => {
    assert.deepEqual(stage.errors, []);
  });
});

describe('The pages of recordings on the whole system', function () {
  this.timeout(300_000);
  const cast = new Cast();
  before(() => cast.open());
  after(() => cast.close());

  tellOfReal(cast);

  it('throw nothing in all this', () => {
    assert.deepEqual(cast.pages.errors, []);
  });
});
