/** A crew goes live and calls for help; nobody answers for 15 s, then a doctor does. Meanwhile another breaks the glass. */
import assert from 'node:assert/strict';
import { clean } from '../axe.ts';
import type { Cast } from '../cast.ts';
import { HELP_PHONE } from '../open-pages.ts';

export function tellOfHelp(cast: Cast): void {
  it('check the link, go live and show what the hospital sees', async () => {
    const crew = await cast.person('paramedic', {
      viewport: { width: 390, height: 844 },
      colorScheme: 'light',
    });
    await clean(crew);
    await crew.locator(`a[href="/ambulance/${cast.roomId}"]`).click();
    await crew.waitForSelector('.precheck');
    await crew.locator('.precheck-keys .primary >> text="Go live"').click();
    await crew.waitForSelector('.camera-card .rung');
    await clean(crew);
    const tooSmall = await crew
      .locator('.action-bar button, .node-keys button')
      .evaluateAll((keys) => keys.filter((key) => key.getBoundingClientRect().height < 64).length);
    assert.equal(tooSmall, 0, 'keys for gloves are at least 64 px');
    await crew.locator('.help-key').click();
    await crew.waitForSelector('.help-state.ringing');
  });

  it('let a duty doctor into the room of others with a reason, and not without', async () => {
    const { centre, operator } = cast.demo.organisations;
    await cast.room({ title: 'Fall from a roof', organisations: [centre, operator] });
    const duty = await cast.person('duty-doctor');
    const card = duty.locator('.room-card.closed', { hasText: 'Fall from a roof' });
    await card.getByRole('button').click();
    const open = duty.locator('dialog [type=submit]');
    assert.equal(await open.isDisabled(), true);
    await duty.locator('dialog textarea').fill('Nobody of the receiving hospital answers');
    await clean(duty);
    await open.click();
    await duty.waitForURL(/\/consult\//);
    await duty.waitForSelector('.room-name >> text=Fall from a roof');
    await clean(duty);
    await duty.context().close();
  });

  it('give the crew a telephone number when nobody has answered for 15 s', async () => {
    const crew = await cast.person('paramedic');
    const phone = await crew.waitForSelector('.help-phone');
    assert.equal(await phone.getAttribute('href'), `tel:${HELP_PHONE}`);
    await clean(crew);
  });

  it('ring at the hospital, and tell the crew who saw and who answered', async () => {
    const crew = await cast.person('paramedic');
    const doctor = await cast.person('doctor');
    await doctor.waitForSelector('.call-answer');
    await clean(doctor);
    await crew.waitForSelector('.help-text >> text=/Seen by .*Emergency doctor/');
    await clean(crew);
    await doctor.locator('.call-answer').click();
    await doctor.waitForURL(/\/consult\//);
    await crew.waitForSelector('.help-text >> text="Answered by Emergency doctor"');
  });
}
