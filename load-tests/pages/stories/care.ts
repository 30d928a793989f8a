/** The course of the case: a patient, a drug, a device, an order that is read back and done. */
import assert from 'node:assert/strict';
import { clean } from '../axe.ts';
import type { Cast } from '../cast.ts';

export function tellOfCare(cast: Cast): void {
  it('take down a patient, a drug and a device at the crew’s side, for the doctor to see at once', async () => {
    const crew = await cast.person('paramedic');
    const doctor = await cast.person('doctor');
    await crew.getByRole('button', { name: 'Add a patient' }).click();
    await crew.waitForSelector('.patient-row >> text=P1');
    await crew.getByRole('button', { name: 'Drug given' }).click();
    const dialog = crew.locator('dialog');
    await dialog.getByLabel('About').selectOption('P1');
    await dialog.getByRole('button', { name: 'Aspirin' }).click();
    await clean(crew);
    await dialog.locator('[type=submit]').click();
    await crew.waitForSelector('.timeline >> text=/Aspirin/');
    await crew.getByRole('button', { name: 'Device set' }).click();
    await dialog.getByLabel('About').selectOption('P1');
    await dialog.getByRole('button', { name: 'Oxygen' }).click();
    assert.equal(await dialog.locator('[type=submit]').isDisabled(), true, 'a device needs its setting');
    await dialog.getByLabel('Setting', { exact: true }).fill('6 l/min');
    await clean(crew);
    await dialog.locator('[type=submit]').click();
    await crew.waitForSelector('.timeline >> text=/Oxygen: 6 l.min/');
    await doctor.keyboard.press('k');
    await doctor.waitForSelector('.timeline >> text=/Aspirin/');
    await doctor.waitForSelector('.timeline >> text=/Oxygen: 6 l.min/');
    await clean(doctor);
  });

  it('lead an order from the doctor to the crew’s read-back and to its end', async () => {
    const crew = await cast.person('paramedic');
    const doctor = await cast.person('doctor');
    await doctor.keyboard.press('o');
    await doctor.locator('.order-form').getByLabel('About').selectOption('P1');
    await doctor.locator('.order-form textarea').fill('Second line, then morphine');
    await doctor.getByRole('button', { name: 'With a drug' }).click();
    await doctor.locator('.order-form').getByLabel('Drug', { exact: true }).fill('Morphine');
    await doctor.locator('.order-form').getByLabel('Dose').fill('3');
    await clean(doctor);
    await doctor.getByRole('button', { name: 'Give the order' }).click();
    await doctor.waitForSelector('.order.waits >> text=Waits for read-back');
    await crew.waitForSelector('.amb-orders >> text=/Morphine 3 mg IV/');
    await clean(crew);
    await crew.locator('.amb-orders').getByRole('button', { name: 'Read back: understood' }).click();
    await doctor.waitForSelector('.order.read-back >> text=/read back by Paramedic/');
    await crew.waitForSelector('.amb-orders', { state: 'detached' });
    await clean(doctor);
    await doctor.locator('.order.read-back').getByRole('button', { name: 'Done' }).click();
    await doctor.waitForSelector('.order.done');
    await clean(doctor);
  });
}
