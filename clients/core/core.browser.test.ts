import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../../load-tests/browser/chromium.ts';
import { harnessPages } from '../../load-tests/harness/build.ts';
import type { Seen } from '../../load-tests/harness/harness.ts';
import { cameraFile, speechFile, UHD } from '../../load-tests/media/fixtures.ts';
import { eventually } from '../../load-tests/proof/cast.ts';
import { type Stack, startStack } from '../../load-tests/stack/stack.ts';

describe('core SDK in Chromium', function () {
  this.timeout(300_000);
  let stack: Stack;
  let browser: Browser;
  let crew: Page;
  let doctor: Page;
  let roomId: string;

  const open = async (username: string) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(stack.origin);
    await page.waitForFunction(() => 'harness' in window);
    const password = stack.demo.people.find((person) => person.username === username)?.password ?? '';
    await page.evaluate(([name, word]) => window.harness.signIn(name, word), [username, password] as const);
    return page;
  };
  const seen = (): Promise<Seen[]> => doctor.evaluate(() => window.harness.seen());
  const status = (page: Page) => page.evaluate(() => window.harness.status());
  const live = (page: Page) =>
    eventually(
      () => status(page),
      ({ connection }) => connection.status === 'live',
      'live',
    );

  before(async () => {
    // A recorder asks for pictures that nobody looks at, which one of these tests is about.
    stack = await startStack({ pagesFolder: await harnessPages(), recorder: false });
    browser = await openBrowser({ camera: await cameraFile(UHD), microphone: await speechFile() });
  });
  after(async () => {
    await browser?.close();
    await stack?.close();
  });

  it('shows a 4K camera at 3840 by 2160 and plays the voice', async () => {
    const { operator, receiving } = stack.demo.organisations;
    const dispatcher = await open('dispatcher');
    crew = await open('paramedic');
    doctor = await open('doctor');
    roomId = await dispatcher.evaluate((orgs) => window.harness.create('Test', orgs), [operator, receiving]);
    await crew.evaluate((id) => window.harness.join(id), roomId);
    await crew.evaluate(() => window.harness.publishCamera());
    await crew.evaluate(() => window.harness.publishMicrophone());
    await doctor.evaluate((id) => window.harness.join(id), roomId);
    await doctor.evaluate(() => window.harness.setSize(3840, 2160));
    await eventually(
      seen,
      ([picture]) => picture?.width === 3840 && picture.height === 2160 && picture.codec === 'video/VP9',
      '4K',
      120_000,
    );
    await live(doctor);
    await live(crew);
    await eventually(
      () => status(doctor),
      ({ timings }) => (timings.joinMs ?? 0) > 0 && (timings.firstFrameMs ?? 0) > 0,
      'timings',
    );
    await eventually(
      () => doctor.evaluate(() => window.harness.sound()),
      ({ peak }) => peak > 0.02,
      'voice',
    );
  });

  it('sends the layer that fits the size it is shown at, and nothing while it is hidden', async () => {
    await doctor.evaluate(() => window.harness.setSize(640, 360));
    await eventually(seen, ([picture]) => picture?.height === 540, 'a small picture');
    await doctor.evaluate(() => window.harness.setSize(0, 0));
    const local = () => crew.evaluate(() => window.harness.local());
    const video = (sources: Awaited<ReturnType<typeof local>>) =>
      sources.find((source) => source.kind === 'video');
    await eventually(local, (sources) => video(sources)?.demand === null, 'no demand');
    await eventually(local, (sources) => video(sources)?.bitrate === 0, 'no bits');
    await doctor.evaluate(() => window.harness.setSize(3840, 2160));
    await eventually(seen, ([picture]) => picture?.height === 2160, '4K again', 120_000);
  });

  it('comes back as the same peer after a reload, to the same pictures', async () => {
    const { peerId } = await status(doctor);
    await doctor.reload();
    await doctor.waitForFunction(() => 'harness' in window);
    await doctor.evaluate((id) => window.harness.join(id), roomId);
    await doctor.evaluate(() => window.harness.setSize(1920, 1080));
    await eventually(seen, ([picture]) => picture?.height === 1080, 'the picture');
    const back = await eventually(
      () => status(doctor),
      ({ peers }) => peers.length === 2,
      'two peers',
    );
    assert.equal(back.peerId, peerId);
  });

  it('keeps its tiles and has media back by itself when the worker is killed', async () => {
    const [before] = await seen();
    const [worker] = stack.node.workers;
    assert.ok(worker);
    await doctor.evaluate(() => window.harness.resetGaps());
    process.kill(worker.pid, 'SIGKILL');
    await eventually(
      () => doctor.evaluate(() => window.harness.history),
      (history) => history.some((line) => line.startsWith('media-rebuilding/worker-died')),
      'lost',
    );
    await live(doctor);
    await live(crew);
    const frames = (await seen())[0]?.frames ?? 0;
    const [after] = await eventually(seen, ([picture]) => (picture?.frames ?? 0) > frames + 10, 'frames');
    assert.equal(after?.producerId, before?.producerId);
    assert.ok((await status(doctor)).reconnects >= 1);
  });

  it('sends stills while the link carries no video, says so, and climbs by itself', async () => {
    const stills = (): Promise<Seen | undefined> =>
      seen().then((pictures) => pictures.find((picture) => picture.label === 'Second'));
    await crew.evaluate(() =>
      window.harness.session?.localSources.find(({ kind }) => kind === 'video')?.close(),
    );
    await crew.evaluate(() => window.harness.publishCamera({ label: 'Second' }, { startBitrate: 70_000 }));
    await eventually(
      stills,
      (picture) => (picture?.stills ?? 0) >= 2 && picture?.freshness === 'still',
      'stills',
    );
    await eventually(
      stills,
      (picture) => (picture?.frames ?? 0) > 10 && picture?.freshness === 'live',
      'video',
      120_000,
    );
  });

  it('leaves, and is gone for the others at once', async () => {
    await doctor.evaluate(() => window.harness.session?.leave());
    await eventually(
      () => status(crew),
      ({ peers }) => peers.length === 1,
      'gone',
    );
  });
});
