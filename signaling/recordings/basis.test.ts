import assert from 'node:assert/strict';
import { openSceneStage, ROOM } from '../bystander/testing/scene-stage.ts';
import type { EventOf } from '../protocol/events.ts';
import { PURPOSES, Visit } from '../protocol/recordings.ts';
import { initialBystanderState } from '../protocol/state-bystander.ts';
import { basisAllows } from './basis.ts';

type Basis = EventOf<'BasisSet'>['basis'];
const withBases = (bases: Record<string, Basis>) => ({
  ...initialBystanderState(),
  bases: Object.fromEntries(Object.entries(bases).map(([id, basis]) => [id, { basis, utc: 1 }])),
});
const allowed = (bases: Record<string, Basis>) =>
  PURPOSES.filter((purpose) => basisAllows(withBases(bases), purpose));

describe('the basis of a patient', () => {
  it('leaves all purposes while nobody has refused', () => {
    assert.deepEqual(allowed({}), [...PURPOSES]);
    assert.deepEqual(allowed({ scene: 'emergency', P1: 'consent' }), [...PURPOSES]);
  });

  it('leaves care and evidence of the whole recording once one patient has refused', () => {
    assert.deepEqual(allowed({ P1: 'consent', P2: 'refused' }), ['care', 'evidence']);
    assert.deepEqual(allowed({ scene: 'refused' }), ['care', 'evidence']);
  });

  it('closes a recording for quality and teaching, also in a visit that was opened before', async function () {
    this.timeout(60_000);
    const stage = await openSceneStage();
    try {
      const cookie = await stage.signIn('reviewer');
      const open = (purpose: string) =>
        stage.toStaff({
          method: 'POST',
          path: `/api/recordings/${ROOM}/visits`,
          cookie,
          body: { purpose, reason: 'a review' },
        });
      const opened = await open('quality');
      assert.equal(opened.status, 200, opened.text);
      const { visitId } = Visit.parse(opened.json);
      const look = () => stage.toStaff({ path: `/api/recordings/${ROOM}?visit=${visitId}`, cookie });
      assert.equal((await look()).status, 200);
      const medic = { principalId: 'm1', role: 'crew' as const };
      await stage.room.execute('basis.set', { patientId: 'scene', basis: 'refused' }, medic);
      for (const answer of [await look(), await open('quality'), await open('teaching')]) {
        assert.equal(answer.status, 403, answer.text);
        assert.match(answer.text, /"reason":"basis"/);
      }
      for (const purpose of ['care', 'evidence']) assert.equal((await open(purpose)).status, 200, purpose);
      const rows = await stage.people.audit.list({ roomId: ROOM, limit: 20 });
      assert.ok(rows.some(({ action, allowed }) => action === 'recording.open' && !allowed));
      await stage.room.execute('basis.set', { patientId: 'scene', basis: 'consent' }, medic);
      assert.equal((await look()).status, 200, 'consent was given later');
    } finally {
      await stage.close();
    }
  });
});
