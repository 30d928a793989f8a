/** What the lead does, and what those it is done to are told. */
import { clean } from '../axe.ts';
import type { Cast } from '../cast.ts';

export function tellOfLeading(cast: Cast): void {
  it('let the lead mute someone, who is told and cannot undo it', async () => {
    const lead = await cast.person('dispatcher');
    const crew = await cast.person('paramedic');
    await lead.getByRole('tab', { name: 'People' }).click();
    await lead.getByRole('button', { name: 'Mute Paramedic', exact: true }).click();
    await crew.waitForSelector('.mic-key >> text=Muted by the lead');
    await clean(crew);
    await lead.getByRole('button', { name: 'Unmute Paramedic' }).click();
    await crew.waitForSelector('.mic-key >> text=Mic is on');
  });

  it('let the lead show a picture to all', async () => {
    const lead = await cast.person('dispatcher');
    const doctor = await cast.person('doctor');
    await lead.getByRole('button', { name: 'Show to all' }).click();
    await doctor.waitForSelector('.stage-note >> text=Shown to all by the lead');
    await clean(doctor);
    await lead.getByRole('button', { name: 'Stop showing to all' }).click();
    await doctor.waitForSelector('text=Shown to all by the lead', { state: 'detached' });
  });

  it('let the lead remove someone, whose page says so', async () => {
    const lead = await cast.person('dispatcher');
    const guest = await cast.person('guest');
    await lead.getByRole('button', { name: 'Remove Fire chief' }).click();
    await clean(lead);
    await lead.locator('dialog [type=submit]').click();
    await guest.waitForSelector('.room-end >> text=The lead has removed you');
    await clean(guest);
    await guest.context().close();
  });

  it('hand the lead over', async () => {
    const lead = await cast.person('dispatcher');
    const doctor = await cast.person('doctor');
    await lead.getByRole('button', { name: 'Hand the lead to Emergency doctor' }).click();
    await clean(lead);
    await lead.locator('dialog [type=submit]').click();
    await doctor.getByRole('tab', { name: 'People' }).click();
    await doctor.getByRole('button', { name: 'Mute Paramedic', exact: true }).waitFor();
    await clean(doctor);
    await lead
      .getByRole('button', { name: /^Mute / })
      .first()
      .waitFor({ state: 'detached' });
  });

  it('let the lead close the room, and tell everyone that the call is over', async () => {
    const doctor = await cast.person('doctor');
    await doctor.getByRole('button', { name: 'Leave' }).click();
    await doctor.locator('dialog').getByLabel('Why').fill('Handed over to the cath lab');
    await clean(doctor);
    await doctor.getByRole('button', { name: 'Close the room' }).click();
    for (const username of ['doctor', 'dispatcher', 'paramedic']) {
      const page = await cast.person(username);
      await page.waitForSelector('.room-end >> text=The lead has closed the room');
      await clean(page);
    }
  });
}
