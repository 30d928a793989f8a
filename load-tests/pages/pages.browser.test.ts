import assert from 'node:assert/strict';
import { Cast } from './cast.ts';
import { tellOfCare } from './stories/care.ts';
import { tellOfConsulting } from './stories/consulting.ts';
import { tellOfDoors } from './stories/doors.ts';
import { tellOfGuests } from './stories/guests.ts';
import { tellOfHelp } from './stories/help.ts';
import { tellOfIncidents } from './stories/incidents.ts';
import { tellOfLeading } from './stories/leading.ts';
import { tellOfPictures } from './stories/pictures.ts';
import { tellOfUnits } from './stories/units.ts';

/** One stack and one browser for all stories; each goes on where the one before has left the room. */
describe('The pages in a browser', function () {
  this.timeout(300_000);
  const cast = new Cast();
  before(() => cast.open());
  after(() => cast.close());

  tellOfDoors(cast);
  tellOfHelp(cast);
  tellOfConsulting(cast);
  tellOfPictures(cast);
  tellOfCare(cast);
  tellOfIncidents(cast);
  tellOfGuests(cast);
  tellOfLeading(cast);
  tellOfUnits(cast);

  it('throw nothing in all this', () => {
    assert.deepEqual(cast.pages.errors, []);
  });
});
