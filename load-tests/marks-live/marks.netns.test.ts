import assert from 'node:assert/strict';
import { Host, inOwnNetwork } from '../network/host.ts';
import { openRelay, type Relay } from '../network/relay.ts';
import { openPages, type Pages } from '../pages/open-pages.ts';
import { drawEllipse } from './draw.ts';
import { measurePlacement } from './measure.ts';
import { type MarksStage, openMarksStage } from './stage.ts';

/** Between the glasses and everybody else, each way. */
const DELAY_MS = 300;
const LOSS_PERCENT = 2;
const SERVER = '127.0.0.2';

describe('A mark on a moving head, 300 ms and 2 % loss away', function () {
  this.timeout(300_000);
  let street: Host;
  let relay: Relay;
  let pages: Pages;
  let stage: MarksStage;

  before(async function () {
    if (!(await inOwnNetwork())) return this.skip();
    street = await Host.create();
    pages = await openPages({
      args: [
        ...['--http.host', '0.0.0.0'],
        ...['--sfu.listenAddresses', JSON.stringify(['127.0.0.1', SERVER])],
        ...['--sfu.announcedAddresses', JSON.stringify(['127.0.0.1', street.here])],
      ],
    });
    const { stack } = pages;
    relay = await openRelay({
      listen: street.here,
      target: SERVER,
      udpPorts: stack.node.workers.map(({ port }) => port),
      tcpPorts: [],
      delayMs: DELAY_MS,
    });
    await street.lose(LOSS_PERCENT);
    await street.loseFrom(LOSS_PERCENT);
    stage = await openMarksStage(pages, {
      origin: `https://${street.here}:${stack.port}`,
      executablePath: await street.chromium(),
    });
  });
  after(async () => {
    await stage?.close();
    await relay?.close();
    await pages?.close();
    await street?.close();
  });

  it('is where it was meant on the wearer’s display, and a naive overlay is not', async () => {
    const { doctor, glasses, roomId } = stage;
    const drawn = await drawEllipse({ stack: pages.stack, doctor, roomId }, { x: 0.6, y: 0.35 });
    await glasses.waitForFunction(() => document.querySelector('.glasses-picture canvas') !== null);
    const placement = await measurePlacement(glasses, { ...drawn, glances: 20 });
    const { shown, medianPercent, worstPercent, wrong, naiveMedianPercent } = placement;
    const said = JSON.stringify({ shown, medianPercent, worstPercent, wrong, naiveMedianPercent });
    assert.equal(wrong, 0, said);
    assert(shown >= 0.5 && medianPercent <= 1, said);
    assert(naiveMedianPercent > 3, said);
  });
});
