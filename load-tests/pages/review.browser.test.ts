import assert from 'node:assert/strict';
import { tellOfFinding } from './stories/review-finding.ts';
import { tellOfPlaying } from './stories/review-playing.ts';
import { ReviewStage } from './stories/review-stage.ts';
import { tellOfWorking } from './stories/review-working.ts';

/** The player on recordings made for it: their pictures say which frame of room time they are. */
describe('The pages of recordings', function () {
  this.timeout(120_000);
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
