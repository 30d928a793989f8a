import assert from 'node:assert/strict';
import { isAppError } from '../../platform/errors.ts';
import { onBothEngines } from './testing/engines.ts';

const refused = (code: string) => (error: unknown) => isAppError(error, code);
const MINUTE = 60_000;

onBothEngines('codes of six digits for glasses', (bench) => {
  const addUnit = async (name = 'Ambulance 1') => {
    const { people } = bench();
    const { organisationId } = await people.organisations.add({
      name: `Operator of ${name}`,
      kind: 'unit-operator',
    });
    return people.units.add({ name, organisationId });
  };
  const enrol = (code: string, address = '192.0.2.1') =>
    bench().people.devices.enrol(code, 'Glasses', address);
  const wrongOf = (code: string, by: number) => String((Number(code) + by) % 1_000_000).padStart(6, '0');

  it('enrol one pair as the wearer of the unit, however they are spaced, once', async () => {
    const { unitId } = await addUnit();
    const { code } = await bench().people.devices.inviteGlasses(unitId);
    assert.match(code, /^\d{6}$/);
    const { session } = await enrol(`${code.slice(0, 3)} ${code.slice(3)}`);
    assert.deepEqual([session.principal.roles, session.principal.unitId], [['wearer'], unitId]);
    await assert.rejects(enrol(code), refused('unauthenticated'));
  });

  it('live for ten minutes, and until the unit makes the next', async () => {
    const { unitId } = await addUnit();
    const { devices } = bench().people;
    const former = await devices.inviteGlasses(unitId);
    const late = await devices.inviteGlasses(unitId);
    assert.notEqual(former.code, late.code);
    await assert.rejects(enrol(former.code), refused('unauthenticated'));
    await assert.rejects(enrol(former.secret), refused('unauthenticated'));
    bench().clock.advance(10 * MINUTE);
    await assert.rejects(enrol(late.code), refused('unauthenticated'));
  });

  it('are all ended by ten wrong tries from anywhere, while the secret of the QR code goes on', async () => {
    const { devices } = bench().people;
    const one = await devices.inviteGlasses((await addUnit('Ambulance 1')).unitId);
    const two = await devices.inviteGlasses((await addUnit('Ambulance 2')).unitId);
    const isOpen = (digits: string) => digits === one.code || digits === two.code;
    for (let by = 1, wrong = 0; wrong < 10; by++) {
      const guess = wrongOf(one.code, by);
      if (isOpen(guess)) continue;
      await assert.rejects(enrol(guess, `192.0.2.${wrong}`), refused('unauthenticated'));
      wrong += 1;
    }
    await assert.rejects(enrol(one.code, '198.51.100.1'), refused('unauthenticated'));
    await assert.rejects(enrol(two.code, '198.51.100.2'), refused('unauthenticated'));
    assert.deepEqual((await enrol(two.secret)).session.principal.roles, ['wearer']);
  });

  it('count every wrong try of those that come at the same moment', async () => {
    const { unitId } = await addUnit();
    const { code } = await bench().people.devices.inviteGlasses(unitId);
    const guesses = Array.from({ length: 10 }, (_, n) => enrol(wrongOf(code, n + 1), `192.0.2.${n}`));
    const results = await Promise.allSettled(guesses);
    assert.ok(results.every(({ status }) => status === 'rejected'));
    await assert.rejects(enrol(code, '198.51.100.1'), refused('unauthenticated'));
  });

  it('are tried more and more slowly from one address, which keeps no other address out', async () => {
    const { unitId } = await addUnit();
    for (let wrong = 0; wrong < 5; wrong++) await assert.rejects(enrol('000000'), refused('unauthenticated'));
    await assert.rejects(enrol('000000'), refused('too-many'));
    const { code } = await bench().people.devices.inviteGlasses(unitId);
    await assert.rejects(enrol(code), refused('too-many'));
    assert.ok(await enrol(code, '198.51.100.1'));
  });

  it('are tried more and more slowly from many addresses too', async () => {
    for (let wrong = 0; wrong < 30; wrong++)
      await assert.rejects(enrol('000000', `192.0.2.${wrong}`), refused('unauthenticated'));
    await assert.rejects(enrol('000000', '198.51.100.1'), refused('too-many'));
  });

  it('cost nobody a try when they are right', async () => {
    const { devices } = bench().people;
    const waiting = await devices.inviteGlasses((await addUnit('Waiting')).unitId);
    for (let n = 0; n < 12; n++) {
      const { unitId } = await addUnit(`Ambulance ${n}`);
      await enrol((await devices.inviteGlasses(unitId)).code);
    }
    assert.ok(await enrol(waiting.code));
  });

  it('are made for units that exist', async () => {
    await assert.rejects(bench().people.devices.inviteGlasses('none-such'), refused('not-found'));
  });
});
