import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import {
  AuditPage,
  Job,
  MAX_PIECE_BYTES,
  RecordingList,
  RecordingView,
  SegmentList,
} from '../protocol/recordings.ts';
import { custodyOf } from '../recordings/custody.ts';
import { openReviewStage, type ReviewStage, upload } from '../recordings/testing/review-stage.ts';

const ROOM = '/api/recordings/room-1';
const HOURS = 3_600_000;

describe('looking at a recording over HTTP', function () {
  this.timeout(60_000);
  let stage: ReviewStage;
  let reviewer: string;
  before(async () => {
    stage = await openReviewStage();
    reviewer = await stage.door.signIn('reviewer');
  });
  after(() => stage.close());

  const found = async (query: string, cookie = reviewer) => {
    const answer = await stage.get(cookie, `/api/recordings${query}`);
    assert.equal(answer.status, 200, answer.text);
    return RecordingList.parse(answer.json).recordings;
  };

  it('lists recordings for reviewers, with names, and writes the search down without words', async () => {
    const [recording, ...others] = await found('?patient=%E5%B0%8F%E6%98%8E&drill=without');
    assert.deepEqual(others, []);
    assert.equal(recording?.title, 'Chest pain');
    assert.deepEqual(recording?.patients, [{ patientId: 'P1', name: '王小明' }]);
    assert.deepEqual([recording?.state, recording?.gaps, recording?.verified], ['sealed', 1, true]);
    const [last] = await stage.door.people.audit.list({ limit: 1 });
    assert.deepEqual([last?.action, last?.details], ['recording.search', '{"conditions":"patient/drill"}']);
  });

  it('answers the view, its segments and its bytes below a visit, each written down before', async () => {
    const visit = await stage.visit(reviewer);
    const view = RecordingView.parse((await stage.get(reviewer, `${ROOM}?visit=${visit}`)).json);
    assert.deepEqual([view.live, view.mayExport, view.tracks.length], [false, true, 3]);
    const cam = view.tracks.find(({ trackId }) => trackId === 'cam');
    assert.deepEqual([cam?.title, cam?.sender], ['Patient camera', 'Paramedic']);
    assert.ok(view.seal);
    const path = `${ROOM}/tracks/cam/segments?visit=${visit}&from=0&to=8000`;
    const list = SegmentList.parse((await stage.get(reviewer, path)).json);
    assert.equal(list.segments.length, 7);
    const file = list.segments[0]?.file;
    const bytes = await stage.get(reviewer, `${ROOM}/files/${file}?visit=${visit}`);
    assert.equal(bytes.status, 200);
    assert.match(String(bytes.headers['content-type']), /^video\/mp4/);
    assert.equal(bytes.headers['cache-control'], 'no-store');
    assert.equal(bytes.headers['x-content-type-options'], 'nosniff');
    assert.match(String(bytes.headers['content-security-policy']), /sandbox/);
    const part = await stage.get(reviewer, `${ROOM}/files/${file}?visit=${visit}`, { range: 'bytes=0-3' });
    assert.deepEqual([part.status, part.headers['content-length']], [206, '4']);
    const outside = await stage.get(reviewer, `${ROOM}/files/${file}?visit=${visit}`, {
      range: 'bytes=99999999-',
    });
    assert.equal(outside.status, 416);
    const rows = await stage.door.people.audit.list({ roomId: 'room-1', limit: 50 });
    const reads = rows
      .filter(({ action }) => action === 'recording.read')
      .map(({ details }) => JSON.parse(details));
    // One row for the track and its ten minutes, however many segments were taken.
    assert.equal(reads.filter(({ trackId }) => trackId === 'cam').length, 1);
    assert.ok(reads.some(({ what }) => what === 'view'));
  });

  it('gives the log as a reviewer may read it: what those who treat read, and nothing between two', async () => {
    const visit = await stage.visit(reviewer);
    const { text } = await stage.get(reviewer, `${ROOM}/entries?visit=${visit}`);
    assert.ok(text.includes('for those who treat'));
    assert.ok(!text.includes('for one'));
    const { entries } = JSON.parse(
      (await stage.get(reviewer, `${ROOM}/entries?visit=${visit}&since=3`)).text,
    );
    assert.equal(entries[0].seq, 4);
  });

  it('writes down which ranges were looked at, joined', async () => {
    const visit = await stage.visit(reviewer);
    const ranges = [
      { from: 5000, to: 6000 },
      { from: 0, to: 1000.5 },
      { from: 900, to: 2000 },
    ];
    assert.equal((await stage.send(reviewer, 'POST', `${ROOM}/seeks`, { visit, ranges })).status, 200);
    const [row] = await stage.door.people.audit.list({ limit: 1 });
    assert.equal(JSON.parse(row?.details ?? '').ranges, '0-2000/5000-6000');
  });

  it('shows administrators, auditors and onlookers nothing at all', async () => {
    const visit = await stage.visit(reviewer);
    for (const username of ['admin', 'auditor', 'dispatcher', 'observer', 'doctor', 'paramedic']) {
      const cookie = await stage.door.signIn(username);
      const open = await stage.send(cookie, 'POST', `${ROOM}/visits`, { purpose: 'care', reason: 'curious' });
      assert.deepEqual([open.status, open.code], [403, 'forbidden'], username);
      for (const path of ['', '/entries', '/tracks/cam/segments', '/files/tracks/cam/seg-0.m4s']) {
        const answer = await stage.get(cookie, `${ROOM}${path}?visit=${visit}&from=0&to=1`);
        assert.ok([400, 403].includes(answer.status), `${username} ${path}: ${answer.status}`);
      }
      assert.equal((await stage.get(cookie, '/api/recordings')).status, 403, username);
      const job = await stage.send(cookie, 'POST', `${ROOM}/verify?visit=${visit}`);
      assert.equal(job.status, 403, username);
    }
    assert.ok((await stage.actions()).includes('recording.open refused'));
  });

  it('hides a recording from reviewers of organisations that took no part, and shows it to those that did', async () => {
    const { people, demo } = stage.door;
    const add = (organisationId: string, username: string) =>
      people.persons.add({
        username,
        name: username,
        organisationId,
        roles: ['reviewer'],
        password: demo.people[0]?.password ?? '',
        mustChangePassword: false,
      });
    await add(demo.organisations.guiding, 'foreign');
    await add(demo.organisations.receiving, 'receiving');
    await add(demo.organisations.operator, 'operator');
    const password = demo.people[0]?.password;
    const enter = async (username: string) => {
      const body = { username, password };
      const answer = await stage.door.send({ method: 'POST', path: '/api/session', body });
      return answer.cookies.join('; ');
    };
    const foreign = await enter('foreign');
    assert.deepEqual(await found('', foreign), []);
    const open = await stage.send(foreign, 'POST', `${ROOM}/visits`, { purpose: 'quality', reason: 'x' });
    assert.deepEqual([open.status, open.code], [404, 'not-found']);
    const unknown = await stage.send(foreign, 'POST', '/api/recordings/none/visits', {
      purpose: 'quality',
      reason: 'x',
    });
    assert.equal(unknown.text, open.text);
    for (const username of ['receiving', 'operator']) {
      assert.equal((await found('', await enter(username))).length, 1, username);
    }
  });

  it('takes a visit only from the session and for the recording that it was opened for, and for eight hours', async () => {
    const visit = await stage.visit(reviewer);
    const other = await stage.door.signIn('reviewer');
    const path = `${ROOM}?visit=${visit}`;
    const foreign = await stage.get(other, path);
    assert.deepEqual([foreign.status, foreign.code], [403, 'forbidden']);
    assert.match(foreign.text, /"reason":"visit"/);
    assert.equal((await stage.get(reviewer, `${ROOM}?visit=unknown`)).status, 403);
    assert.equal((await stage.get(reviewer, ROOM)).status, 400);
    stage.door.clock.advance(8 * HOURS - 1000);
    const late = await stage.door.signIn('reviewer');
    assert.equal((await stage.get(reviewer, path)).status, 200);
    stage.door.clock.advance(2000);
    assert.equal((await stage.get(reviewer, path)).status, 403);
    reviewer = late;
  });

  it('refuses paths that leave the package or that the manifest does not name', async () => {
    const visit = await stage.visit(reviewer);
    for (const path of [
      '..%2f..%2fmaster.key',
      'manifest.json',
      'room.json',
      'tracks/cam/journal-000001-1',
      '%00',
    ]) {
      const answer = await stage.get(reviewer, `${ROOM}/files/${path}?visit=${visit}`);
      assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
    }
    for (const range of ['from=0&to=700000', 'from=5&to=1', 'from=-1&to=1', 'from=x&to=1']) {
      const answer = await stage.get(reviewer, `${ROOM}/tracks/cam/segments?visit=${visit}&${range}`);
      assert.deepEqual([answer.status, answer.code], [400, 'bad-request'], range);
    }
  });

  it('gives not one byte while the audit cannot be written', async () => {
    const visit = await stage.visit(reviewer);
    const { audit } = stage.door.people;
    const write = audit.write.bind(audit);
    const paths = [
      '/api/recordings',
      `${ROOM}?visit=${visit}`,
      `${ROOM}/entries?visit=${visit}`,
      `${ROOM}/tracks/mic/segments?visit=${visit}&from=0&to=10`,
      `${ROOM}/files/tracks/mic/seg-0.m4s?visit=${visit}`,
    ];
    audit.write = () => Promise.reject(new AppError('internal', 'the disk is full'));
    try {
      for (const path of paths) {
        const answer = await stage.get(reviewer, path);
        assert.deepEqual([answer.status, answer.code], [503, 'store-unavailable'], path);
      }
      for (const [path, body] of [
        ['/visits', { purpose: 'care', reason: 'x' }],
        ['/seeks', { visit, ranges: [{ from: 0, to: 1 }] }],
        [`/verify?visit=${visit}`, {}],
        [`/hold?visit=${visit}`, { reason: 'x' }],
        [`/destroy?visit=${visit}`, { purposes: ['care'], reason: 'x' }],
      ] as const) {
        const answer = await stage.send(reviewer, 'POST', `${ROOM}${path}`, body);
        assert.deepEqual([answer.status, answer.code], [503, 'store-unavailable'], path);
      }
    } finally {
      audit.write = write;
    }
    assert.equal((await stage.get(reviewer, `${ROOM}?visit=${visit}`)).status, 200);
    assert.equal((await found(''))[0]?.legalHold, undefined);
  });

  it('verifies a recording and tells what was found', async () => {
    const visit = await stage.visit(reviewer);
    const started = Job.parse((await stage.send(reviewer, 'POST', `${ROOM}/verify?visit=${visit}`)).json);
    const deadline = performance.now() + 30_000;
    let job = started;
    while (!['done', 'failed'].includes(job.state) && performance.now() < deadline) {
      job = Job.parse((await stage.get(reviewer, `${ROOM}/jobs/${started.jobId}?visit=${visit}`)).json);
    }
    assert.deepEqual([job.state, job.result?.whole], ['done', true]);
    assert.ok((await stage.actions()).includes('recording.verify'));
  });

  it('takes a file from elsewhere in pieces, for the reason of the visit', async () => {
    const visit = await stage.visit(reviewer, 'evidence');
    const bytes = randomBytes(3000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const start = { supplementId: 's1', kind: 'voice-logger', mimeType: 'audio/wav', bytes: 3000, sha256 };
    const offer = await stage.send(reviewer, 'POST', `${ROOM}/supplements?visit=${visit}`, start);
    assert.deepEqual(offer.json, { done: false, offset: 0 });
    const path = `${ROOM}/supplements/s1?visit=${visit}&offset=0`;
    const end = await upload(stage, path, reviewer, bytes);
    assert.deepEqual(end, [200, '{"done":true,"offset":3000}']);
    const record = await readFile(join(stage.served.folder, 'supplements', 's1.json'), 'utf8');
    assert.ok(!record.includes('a review'), 'words of people do not stand in plain');
    const large = await upload(stage, path, reviewer, Buffer.alloc(MAX_PIECE_BYTES + 1));
    assert.equal(large[0], 413);
  });

  it('keeps a recording under legal hold from every deletion, until the centre lifts it', async () => {
    const visit = await stage.visit(reviewer);
    const query = `?visit=${visit}`;
    const hold = await stage.send(reviewer, 'POST', `${ROOM}/hold${query}`, { reason: 'a complaint' });
    assert.equal(hold.status, 200, hold.text);
    const [held] = await found('');
    assert.deepEqual([held?.legalHold?.reason, held?.deleteAfter], ['a complaint', undefined]);
    const order = { purposes: ['teaching'], reason: 'asked for' };
    const refused = await stage.send(reviewer, 'POST', `${ROOM}/destroy${query}`, order);
    assert.deepEqual([refused.status, refused.code], [409, 'conflict']);
    const [row] = await stage.door.people.audit.list({ limit: 1, roomId: 'room-1' });
    assert.deepEqual(
      [row?.action, JSON.parse(row?.details ?? '').code],
      ['recording.destroy-failed', 'conflict'],
    );
    const lifted = await stage.send(reviewer, 'DELETE', `${ROOM}/hold${query}`, { reason: 'settled' });
    assert.equal(lifted.status, 200, lifted.text);
    assert.equal((await found(''))[0]?.legalHold, undefined);
    const change = { retentionClass: 'long', reason: 'part of the record' };
    assert.equal((await stage.send(reviewer, 'POST', `${ROOM}/retention${query}`, change)).status, 200);
    assert.equal((await stage.send(reviewer, 'POST', `${ROOM}/reviewed${query}`)).status, 200);
    const [now] = await found('?reviewed=yes');
    assert.deepEqual([now?.retentionClass, now?.reviewedBy], ['long', 'Quality reviewer']);
  });

  it('promises no legal hold of what is being deleted at this moment', async () => {
    const { db, clock } = stage.door.recordings;
    const claim = (utc: number | null) =>
      db.query
        .updateTable('recordings')
        .set({ destroying_utc: utc })
        .where('room_id', '=', 'room-1')
        .execute();
    const visit = await stage.visit(reviewer);
    await claim(clock.now());
    const hold = await stage.send(reviewer, 'POST', `${ROOM}/hold?visit=${visit}`, { reason: 'a complaint' });
    await claim(null);
    assert.deepEqual([hold.status, hold.code], [409, 'conflict']);
    assert.equal((await found(''))[0]?.legalHold, undefined);
  });

  it('tells everyone who had a recording in hand, however much was read since', async () => {
    const { audit, directory } = stage.door.people;
    await stage.visit(reviewer);
    const before = (await custodyOf(audit, directory, 'room-1')).length;
    for (let piece = 0; piece < 1100; piece += 1) {
      const details = { visitId: 'v', from: piece };
      await audit.write({
        action: 'recording.read',
        allowed: true,
        principalId: 'p',
        roomId: 'room-1',
        details,
      });
    }
    const lines = await custodyOf(audit, directory, 'room-1');
    assert.equal(lines.length, before);
    assert.ok(lines.some(({ action }) => action === 'recording.open'));
  });

  it('names people and reasons to auditors, and says whether the chain holds', async () => {
    await stage.visit(reviewer);
    const auditor = await stage.door.signIn('auditor');
    const answer = await stage.get(auditor, '/api/audit?roomId=room-1&limit=5');
    const page = AuditPage.parse(answer.json);
    assert.equal(page.chain, 'whole');
    const open = page.entries.find(({ action }) => action === 'recording.open');
    assert.deepEqual([open?.name, open?.reason], ['Quality reviewer', 'a review']);
    const principalId = open?.principalId;
    const own = AuditPage.parse((await stage.get(auditor, `/api/audit?principalId=${principalId}`)).json);
    assert.ok(own.entries.every((entry) => entry.principalId === principalId));
    assert.equal((await stage.get(reviewer, '/api/audit')).status, 403);
    const rows = await stage.door.people.audit.list({ limit: 200 });
    assert.ok(!JSON.stringify(rows).includes('a review'));
  });

  it('destroys for one purpose and then for all, and leaves the proof', async () => {
    const visit = await stage.visit(reviewer, 'teaching');
    const query = `?visit=${visit}`;
    const file = `${ROOM}/files/tracks/cam/seg-0.m4s${query}`;
    assert.equal((await stage.get(reviewer, file)).status, 200);
    const one = { purposes: ['teaching'], reason: 'consent was withdrawn' };
    assert.equal((await stage.send(reviewer, 'POST', `${ROOM}/destroy${query}`, one)).status, 200);
    const closed = await stage.get(reviewer, file);
    assert.deepEqual([closed.status, closed.code], [410, 'closed']);
    const rest = { purposes: ['care', 'quality', 'evidence'], reason: 'consent was withdrawn' };
    const all = await stage.send(reviewer, 'POST', `${ROOM}/destroy${query}`, rest);
    assert.equal(all.status, 200, all.text);
    const [left] = await found('');
    assert.deepEqual(
      [left?.state, left?.title, left?.people, left?.patients],
      ['destroyed', 'i-room-1', [], []],
    );
    const { deletion } = left ?? {};
    assert.deepEqual([deletion?.by, deletion?.reason], ['Quality reviewer', 'consent was withdrawn']);
    assert.ok((deletion?.utc ?? 0) > 0 && deletion?.rule === undefined);
    assert.deepEqual(await found('?patient=%E5%B0%8F%E6%98%8E'), []);
    assert.equal((await stage.get(reviewer, `${ROOM}${query}`)).status, 410);
    const stones = await stage.door.recordings.db.query
      .selectFrom('recording_tombstones')
      .selectAll()
      .orderBy('utc')
      .orderBy('tombstone_id')
      .execute();
    assert.equal(stones.length, 2);
    assert.ok(stones.every(({ root, manifest }) => root !== null && manifest !== null));
    assert.ok(stones.some(({ files_removed }) => files_removed === 1));
    const again = await stage.send(reviewer, 'POST', `${ROOM}/destroy${query}`, rest);
    assert.deepEqual([again.status, again.code], [409, 'conflict']);
  });
});
