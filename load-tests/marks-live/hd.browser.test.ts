import assert from 'node:assert/strict';
import { HD } from '../media/fixtures.ts';
import { openPages, type Pages } from '../pages/open-pages.ts';
import { drawEllipse } from './draw.ts';
import { headFilm } from './film.ts';
import { measurePlacement } from './measure.ts';
import { type MarksStage, openMarksStage } from './stage.ts';

const CENTRE = { x: 0.6, y: 0.35 };
// From this size on the tracker reads the luma as it lies in memory.
describe('A mark on a camera of 1280 by 720', function () {
  this.timeout(300_000);
  let pages: Pages;
  let stage: MarksStage;

  before(async () => {
    pages = await openPages();
    stage = await openMarksStage(pages, { camera: await headFilm(HD) });
  });
  after(async () => {
    await stage?.close();
    await pages?.close();
  });

  it('is where it was meant on the display of glasses', async () => {
    const { doctor, glasses, roomId } = stage;
    const drawn = await drawEllipse({ stack: pages.stack, doctor, roomId }, CENTRE);
    await glasses.waitForFunction(() => document.querySelector('.glasses-picture canvas') !== null);
    const { glances: _, ...placement } = await measurePlacement(glasses, { ...drawn, glances: 20 });
    const said = JSON.stringify(placement);
    assert.equal(placement.wrong, 0, said);
    assert(placement.shown >= 0.5 && placement.medianPercent <= 1, said);
  });
});
