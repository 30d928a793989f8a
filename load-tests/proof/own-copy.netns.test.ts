import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { readManifest } from '../../recorder/seal/manifest-file.ts';
import type { Fill, Gap } from '../../signaling/protocol/manifest.ts';
import { RecordingView, type SegmentList, Visit } from '../../signaling/protocol/recordings.ts';
import { Host, inOwnNetwork } from '../network/host.ts';
import { Cast } from '../pages/cast.ts';
import { eventually } from './cast.ts';
import { folderOf } from './recorded.ts';

const run = promisify(execFile);
/** Small and slow enough for the live encoder and that of the copy on two cores. */
const PICTURE = { width: 640, height: 360, fps: 10 };
const OUTAGE_MS = 10_000;
/** Until the loss is noticed and after the link is back, packets on their way may still come in. */
const EDGE_MS = 2500;
const BACK_MS = 120_000;
/** The copy goes behind live media, which first climbs back rung by rung. */
const FILLED_MS = 600_000;
/** Each look is audited and counts towards the reviewer's share of requests. */
const LOOK_MS = 1000;
const REASON = { purpose: 'quality', reason: 'Test of the own copy' } as const;

interface Outage {
  readonly from: number;
  readonly to: number;
}

describe("The vehicle's own copy after an outage of the whole system's link", function () {
  this.timeout(900_000);
  const cast = new Cast();
  let ambulance: Host;
  let folder: string;
  let crew: Page;
  let outage: Outage;
  let reviewer: Page;
  let visitId: string;

  before(async function () {
    if (!(await inOwnNetwork())) return this.skip();
    folder = await mkdtemp(join(tmpdir(), 'goldenhour-own-copy-'));
    ambulance = await Host.create();
    await cast.open({
      host: ambulance.here,
      executablePath: await ambulance.chromium(),
      picture: PICTURE,
    });
    cast.roomId = await cast.room({ title: 'Collapse in the market' });
    crew = await cast.person('paramedic');
    await crew.goto(`${cast.pages.stack.origin}/ambulance/${cast.roomId}`);
    await crew.locator('.precheck-keys .primary >> text="Go live"').click();
  });
  after(async () => {
    await cast.close();
    await ambulance?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const base = () => `/api/recordings/${cast.roomId}`;
  const roomTime = () => cast.pages.stack.signaling.rooms.at(cast.roomId).roomTime();

  /** Sound and picture of the crew as the review page gets them. */
  async function media() {
    await delay(LOOK_MS);
    const view = await json(reviewer, `${base()}?visit=${visitId}`);
    return RecordingView.parse(view).tracks.filter(({ kind }) => kind !== 'messages');
  }

  it('is kept while the crew is live', async () => {
    await crew.locator('.recording-tag[data-recording=recording]').waitFor({ timeout: BACK_MS });
    const line = () => crew.locator('.own-copy').textContent();
    await eventually(line, (text) => /\d+ (?:sec|min)/.test(text ?? ''), 'something kept', BACK_MS);
    const recorded = async () => {
      const read = await readManifest(folderOf(cast.pages.stack, cast.roomId)).catch(() => undefined);
      return read?.manifest.tracks.filter(({ inits }) => inits.length > 0).map(({ kind }) => kind) ?? [];
    };
    await eventually(
      recorded,
      (kinds) => kinds.includes('audio') && kinds.includes('video'),
      'sound and picture are recorded',
      BACK_MS,
    );
  });

  it('is not in the recording while the link is down, and the recorder lists what it misses', async () => {
    const from = await roomTime();
    await ambulance.cut();
    await delay(OUTAGE_MS);
    await ambulance.restore();
    outage = { from: from + EDGE_MS, to: (await roomTime()) - EDGE_MS };
    await crew.locator('.recording-tag[data-recording=recording]').waitFor({ timeout: BACK_MS });
    reviewer = await signInForReview(cast);
    visitId = await eventually(
      () => openVisit(reviewer, base()),
      (visit) => visit !== undefined,
      'the recording is in the catalog',
      BACK_MS,
    ).then((visit) => visit ?? '');
    const tracks = await eventually(
      media,
      (all) => all.length >= 2 && all.every(({ gaps }) => within(gaps, outage).length > 0),
      'gaps of sound and picture',
      BACK_MS,
    );
    for (const { kind, gaps } of tracks) {
      const causes = within(gaps, outage).map(({ cause }) => cause);
      assert.ok(
        causes.some((cause) => cause === 'link' || cause === 'lost'),
        `${kind}: ${causes}`,
      );
    }
  });

  it('fills these gaps by itself, behind live media', async () => {
    const tracks = await eventually(
      media,
      (all) => all.every(({ gaps }) => openIn(gaps, outage) === 0),
      'nothing is missing any more',
      FILLED_MS,
    );
    for (const { kind, gaps, fills } of tracks) {
      const filled = within(gaps, outage).flatMap((gap) => gap.filled ?? []);
      assert.ok(filled.length > 0, `${kind}: ${JSON.stringify(gaps)}`);
      for (const { fillId } of filled) assert.ok(fills.some((fill) => fill.fillId === fillId));
    }
    const written = async () => (await readManifest(folderOf(cast.pages.stack, cast.roomId))).manifest.tracks;
    await eventually(
      written,
      (all) => tracks.every(({ trackId }) => isFilled(all, trackId, outage)),
      'the manifest says so',
    );
  });

  it('plays in their place: the review gives files that last as long as they say', async () => {
    for (const { trackId, kind, fills } of await media()) {
      const window = `visit=${visitId}&from=${outage.from}&to=${outage.to}`;
      const list: SegmentList = await json(reviewer, `${base()}/tracks/${trackId}/segments?${window}`);
      const filled = list.gaps.flatMap((gap) => gap.filled ?? []);
      assert.ok(filled.length > 0, kind);
      for (const fill of fills.filter(({ fillId }) => filled.some((each) => each.fillId === fillId))) {
        const seconds = await lengthOf(join(folder, fill.fillId), fill);
        assert.ok(Math.abs(seconds * 1000 - (fill.to - fill.from)) < 500, `${kind}: ${seconds} s`);
      }
    }
  });

  /** Decodes a fill as the review gives it; seconds. */
  async function lengthOf(file: string, fill: Fill): Promise<number> {
    const bytes = await reviewer.evaluate(async (address) => {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`${address}: ${await response.text()}`);
      return Array.from(new Uint8Array(await response.arrayBuffer()));
    }, `${base()}/files/${fill.file}?visit=${visitId}`);
    assert.equal(bytes.length > 0, true);
    await writeFile(file, Uint8Array.from(bytes));
    await run('ffmpeg', ['-v', 'error', '-xerror', '-i', file, '-f', 'null', '-']);
    const args = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file];
    return Number((await run('ffprobe', args)).stdout);
  }
});

/** Asks the server as the page's own session would. */
function json(page: Page, path: string, body?: unknown) {
  return page.evaluate(
    async ([address, text]) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(
        address,
        text === undefined ? {} : { method: 'POST', headers, body: text },
      );
      if (!response.ok) throw new Error(`${address}: ${await response.text()}`);
      return response.json();
    },
    [path, body === undefined ? undefined : JSON.stringify(body)] as const,
  );
}

/** Undefined until the recorder has told of the recording. */
async function openVisit(page: Page, base: string): Promise<string | undefined> {
  await delay(LOOK_MS);
  const answer = await json(page, `${base}/visits`, REASON).catch((error: Error) => {
    if (/not-found|media-unavailable/.test(error.message)) return undefined;
    throw error;
  });
  return answer === undefined ? undefined : Visit.parse(answer).visitId;
}

/** A reviewer works outside rooms, so the sign-in ends on another page than that of the others. */
async function signInForReview(cast: Cast): Promise<Page> {
  const page = await cast.pages.open();
  const person = cast.demo.people.find(({ username }) => username === 'reviewer');
  await page.fill('input[name=username]', 'reviewer');
  await page.fill('input[name=password]', person?.password ?? '');
  await page.press('input[name=password]', 'Enter');
  await page.waitForURL(/\/review$/);
  return page;
}

function within(gaps: readonly Gap[], { from, to }: Outage): Gap[] {
  return gaps.filter((gap) => gap.from < to && gap.to > from && gap.cause !== 'silence');
}

/** Milliseconds of an outage that a gap lists and no fill has. */
function openIn(gaps: readonly Gap[], outage: Outage): number {
  return within(gaps, outage)
    .filter(({ filled }) => !filled)
    .reduce((sum, gap) => sum + Math.min(gap.to, outage.to) - Math.max(gap.from, outage.from), 0);
}

function isFilled(
  tracks: readonly { readonly trackId: string; readonly gaps: readonly Gap[] }[],
  trackId: string,
  outage: Outage,
): boolean {
  const gaps = tracks.find((track) => track.trackId === trackId)?.gaps ?? [];
  return openIn(gaps, outage) === 0 && within(gaps, outage).some(({ filled }) => filled !== undefined);
}
