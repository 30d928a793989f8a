/** A device of a vehicle: enrolled once, live by itself, still again at the hand-over. */
import { clean } from '../axe.ts';
import type { Cast } from '../cast.ts';

export function tellOfUnits(cast: Cast): void {
  it('let an enrolled device go live for its unit and stop at the hand-over, without a tap', async () => {
    const unit = cast.demo.units[1];
    if (unit === undefined) throw new Error('the demo has two units');
    const device = await cast.pages.open();
    await device.goto('about:blank');
    await device.goto(`${cast.pages.stack.origin}/enrol#${unit.enrolment.secret}`);
    await device.getByLabel('Name of this device').fill('Ceiling camera');
    await clean(device);
    await device.getByRole('button', { name: 'Enrol' }).click();
    await device.waitForURL(/\/unit$/);
    await device.waitForSelector('text=/Unit Ambulance 2/');
    await device.waitForSelector('.banner.good');
    await clean(device);
    const roomId = await cast.room({ title: 'Stroke', unitId: unit.unitId });
    await device.waitForURL(new RegExp(`/ambulance/${roomId}`));
    await device.waitForSelector('.camera-card .rung');
    await clean(device);
    await device.getByRole('button', { name: /^Handed over/ }).click();
    await device.waitForURL(/\/unit$/);
    await device.waitForSelector('.banner.good >> text=Nothing is sent now');
    await device.context().close();
  });
}
