import assert from 'node:assert/strict';
import type { Gap } from '../../../signaling/protocol/manifest.ts';
import type { Job, TimelineMark } from '../../../signaling/protocol/recordings.ts';
import { detailText, isIdOrEmpty } from '../audit/audit-view.ts';
import { requestOf } from './export-view.ts';
import { jobVerdict } from './job-view.ts';
import { dayStart, emptyConditions, searchOf } from './search-view.ts';
import { atOf, bands, clusters, parseClock, thumbnailAt, ticks, xOf } from './timeline-view.ts';

const scale = { from: 3000, to: 63_000, width: 600 };

describe('The time bar', () => {
  it('puts a time where a click on it leads back to it', () => {
    assert.equal(xOf(scale, 33_000), 300);
    assert.equal(atOf(scale, 300), 33_000);
    assert.equal(xOf(scale, 0), 0);
    assert.equal(atOf(scale, 9999), 63_000);
  });

  it('has as many labelled lines as fit, on round times', () => {
    const hours = ticks({ from: 0, to: 3 * 3600_000, width: 390 });
    assert(hours.length >= 3 && hours.length <= 6);
    for (const { at } of hours) assert.equal(at % 60_000, 0);
    assert.deepEqual(ticks({ from: 5, to: 5, width: 0 }).length, 1);
  });

  it('joins marks of one kind that would stand on each other, and only those', () => {
    const mark = (at: number, kind: TimelineMark['kind']) => ({ seq: at, at, kind, type: 'X' });
    const found = clusters(scale, [
      mark(4000, 'chat'),
      mark(4200, 'chat'),
      mark(4100, 'care'),
      mark(9000, 'chat'),
    ]);
    assert.deepEqual(
      found.map(({ kind, count, at }) => [kind, count, at]),
      [
        ['chat', 2, 4000],
        ['care', 1, 4100],
        ['chat', 1, 9000],
      ],
    );
  });

  it('keeps every gap visible in hours of recording, and tells the sorts apart', () => {
    const long = { from: 0, to: 3 * 3600_000, width: 600 };
    const gaps: Gap[] = [
      { from: 1000, to: 1100, cause: 'lost' },
      { from: 3_600_000, to: 3_610_000, cause: 'link', filled: { fillId: 'f', at: 1 } },
      { from: 7_200_000, to: 7_900_000, cause: 'muted' },
    ];
    const found = bands(long, gaps);
    assert.deepEqual(
      found.map(({ sort }) => sort),
      ['gap', 'filled', 'quiet'],
    );
    for (const { width } of found) assert(width >= 1);
    assert((found[0]?.width ?? 0) >= 3);
  });

  it('shows the thumbnail of the moment, which is never one to come', () => {
    const thumb = (at: number) => ({ at, file: `t${at}`, bytes: 1, hash: '' });
    assert.equal(thumbnailAt([thumb(0), thumb(5000)], 4999)?.at, 0);
    assert.equal(thumbnailAt([thumb(0), thumb(5000)], 5000)?.at, 5000);
    assert.equal(thumbnailAt([], 5000), undefined);
  });
});

describe('What is typed', () => {
  it('as a clock is read as one, or refused', () => {
    assert.equal(parseClock('1:02:03'), 3_723_000);
    assert.equal(parseClock(' 12:05 '), 725_000);
    for (const wrong of ['', '12', '1:60', 'a:b', '1:2:3:4'])
      assert.equal(parseClock(wrong), undefined, wrong);
  });

  it('as days includes the last one', () => {
    const search = searchOf(
      { ...emptyConditions, from: '2026-03-01', to: '2026-03-01', person: ' Lin ' },
      undefined,
    );
    assert.equal((search.to ?? 0) - (search.from ?? 0), 24 * 3600_000);
    assert.equal(search.person, 'Lin');
    assert.equal(search.gaps, undefined);
    assert.equal(dayStart('tomorrow'), undefined);
  });

  it('for an export becomes a request in room time, or names what is wrong', () => {
    const view = { from: 3000, to: 63_000 };
    const form = {
      ...{ trackIds: ['cam'], from: '0:10', to: '0:20', captions: true, showMarks: true, reason: 'court' },
      blank: [{ trackId: 'cam', from: '0:12', to: '0:14', area: 'left' as const }],
    };
    const kind = () => 'video' as const;
    const asked = requestOf(form, view, kind, 'en');
    assert('request' in asked);
    assert.deepEqual([asked.request.from, asked.request.to], [13_000, 23_000]);
    assert.deepEqual(asked.request.blank[0]?.area, { x: 0, y: 0, width: 0.5, height: 1 });
    assert.deepEqual(requestOf({ ...form, to: '0:05' }, view, kind, 'en'), { wrong: 'time' });
    assert.deepEqual(requestOf({ ...form, trackIds: [] }, view, kind, 'en'), { wrong: 'tracks' });
    assert.deepEqual(requestOf({ ...form, reason: ' ' }, view, kind, 'en'), { wrong: 'reason' });
  });
});

describe('What came of a job', () => {
  const job: Job = { jobId: 'j', kind: 'verify', state: 'done', progress: 1, step: 'done' };
  it('is whole only when it says so', () => {
    assert.equal(jobVerdict({ ...job, result: { whole: true, findings: [] } }).kind, 'whole');
    assert.deepEqual(jobVerdict(job), { kind: 'faults', count: 1 });
    const unsealed = { whole: false, findings: [{ code: 'not-sealed', detail: 'no seal yet' }] };
    assert.equal(jobVerdict({ ...job, result: unsealed }).kind, 'unsealed');
    const two = { whole: false, findings: [...unsealed.findings, { code: 'altered' }] };
    assert.deepEqual(jobVerdict({ ...job, result: two }), { kind: 'faults', count: 2 });
    assert.deepEqual(jobVerdict({ ...job, result: { whole: false, findings: [1, 2] } }), {
      kind: 'faults',
      count: 2,
    });
    assert.equal(jobVerdict({ ...job, state: 'failed', step: 'closed' }).kind, 'failed');
    assert.equal(jobVerdict({ ...job, kind: 'export' }).kind, 'file');
  });
});

describe('The audit', () => {
  it('shows details as they are and takes ids only', () => {
    assert.equal(
      detailText({ purpose: 'quality', from: 10, tracks: ['a'] }),
      'purpose: quality, from: 10, tracks: ["a"]',
    );
    assert.equal(isIdOrEmpty(' r-1 '), true);
    assert.equal(isIdOrEmpty('a b'), false);
  });
});
