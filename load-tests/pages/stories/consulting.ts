/** A doctor in the room: every panel, the keyboard, devices, messages. */
import assert from 'node:assert/strict';
import { clean } from '../axe.ts';
import type { Cast } from '../cast.ts';
import { focusIs, tabTo } from '../keyboard.ts';

const PANELS = [
  ['o', '.order-form'],
  ['k', '.timeline, .panel'],
  ['u', '.people'],
  ['l', '.graph'],
] as const;

export function tellOfConsulting(cast: Cast): void {
  it('show the picture to the doctor with its label and no accessibility fault on any panel', async () => {
    const doctor = await cast.person('doctor');
    await doctor.waitForSelector('.stage-picture .picture-caption');
    await doctor.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    await doctor.locator('.catch-up button').click();
    await clean(doctor);
    for (const [key, panel] of PANELS) {
      await doctor.keyboard.press(key);
      await doctor.waitForSelector(panel);
      await clean(doctor);
    }
  });

  it('are worked by keyboard in the consultation, with the focus back where it was', async () => {
    const doctor = await cast.person('doctor');
    await doctor.keyboard.press('+');
    await doctor.waitForSelector('.stage-picture.zoomed');
    await doctor.keyboard.press('0');
    await doctor.waitForSelector('.stage-picture:not(.zoomed)');
    await tabTo(doctor, (label) => label === 'Keyboard shortcuts');
    await doctor.keyboard.press('Enter');
    await doctor.waitForSelector('dialog[open]');
    await clean(doctor);
    await doctor.keyboard.press('Escape');
    await doctor.waitForSelector('dialog[open]', { state: 'detached' });
    await focusIs(doctor, 'Keyboard shortcuts');
    await tabTo(doctor, (label) => label === 'Leave');
  });

  it('let the doctor choose camera, microphone and loudspeaker', async () => {
    const doctor = await cast.person('doctor');
    await doctor.getByRole('button', { name: 'Camera, microphone, loudspeaker' }).click();
    const microphone = doctor.locator('dialog').getByLabel('Microphone');
    await doctor.waitForFunction(() => document.querySelectorAll('dialog option').length > 3);
    await clean(doctor);
    await microphone.selectOption({ index: 1 });
    const chosen = await microphone.inputValue();
    assert.notEqual(chosen, '');
    await doctor.keyboard.press('Escape');
    await doctor.getByRole('button', { name: 'Camera, microphone, loudspeaker' }).click();
    await doctor.waitForFunction(() => document.querySelectorAll('dialog option').length > 3);
    await doctor.waitForFunction(
      ([select, value]) => select instanceof HTMLSelectElement && select.value === value,
      [await microphone.elementHandle(), chosen] as const,
    );
    await doctor.keyboard.press('Escape');
  });

  it('count a message as read only when it was in front of someone', async () => {
    const crew = await cast.person('paramedic');
    const doctor = await cast.person('doctor');
    await doctor.keyboard.press('u');
    await crew.locator('.phrase').first().click();
    await crew.waitForSelector('.receipt >> text=/Delivered to|Read by Dispatcher$/');
    const early = await crew.locator('.receipt').first().textContent();
    assert.doesNotMatch(early ?? '', /Emergency doctor/);
    await doctor.bringToFront();
    await doctor.keyboard.press('c');
    await crew.waitForSelector('.receipt >> text=/Read by .*Emergency doctor/');
  });
}
