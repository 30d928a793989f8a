/**
 * Records what Chromium sends through mediasoup into a fixture: `node recorder/frames/testing/capture-chromium.ts FILE MIME
 * SCALABILITY [SECONDS]`. A fixture is a list of packets, each with its length in 2 bytes and its arrival in milliseconds in 4.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createWorker } from 'mediasoup';
import type { DtlsParameters, RouterRtpCodecCapability, RtpParameters } from 'mediasoup/types';
import { chromium } from 'playwright-core';
import { build } from 'vite';

const PAGE = `
import { Device } from 'mediasoup-client';
globalThis.publish = async (caps, transportOptions, mime, mode) => {
  const device = await Device.factory();
  await device.load({ routerRtpCapabilities: caps });
  const transport = device.createSendTransport(transportOptions);
  transport.on('connect', ({ dtlsParameters }, done, fail) => connectTransport(dtlsParameters).then(done, fail));
  transport.on('produce', ({ rtpParameters }, done, fail) => startProducer(rtpParameters).then((id) => done({ id }), fail));
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360, frameRate: 30 } });
  const codec = device.rtpCapabilities.codecs.find((one) => one.mimeType.toLowerCase() === mime.toLowerCase());
  await transport.produce({ track: stream.getVideoTracks()[0], codec, encodings: [{ scalabilityMode: mode, maxBitrate: 350000 }] });
};
`;

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'page' ? id : undefined),
        load: (id) => (id === 'page' ? PAGE : undefined),
      },
    ],
    build: { write: false, minify: false, rollupOptions: { input: 'page', output: { format: 'es' } } },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) =>
    'output' in one ? [...one.output] : [],
  );
  const chunk = outputs.find((one) => one.type === 'chunk');
  if (chunk?.type !== 'chunk') throw new Error('The page was not built.');
  return chunk.code;
}

async function capture(file: string, mimeType: string, mode: string, seconds: number): Promise<void> {
  const worker = await createWorker({});
  const codec = { kind: 'video', mimeType, clockRate: 90_000 } satisfies RouterRtpCodecCapability;
  const router = await worker.createRouter({ mediaCodecs: [codec] });
  const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const;
  const send = await router.createWebRtcTransport({ listenInfos: [listenInfo] });
  const pipe = await router.createPipeTransport({ listenInfo });
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  await pipe.connect({ ip: '127.0.0.1', port: socket.address().port });
  const parts: Uint8Array[] = [];
  const start = Date.now();
  socket.on('message', (packet) => {
    if ((packet[1] ?? 0) >= 192 && (packet[1] ?? 0) <= 223) return;
    const head = Buffer.alloc(6);
    head.writeUInt16BE(packet.length, 0);
    head.writeUInt32BE(Date.now() - start, 2);
    parts.push(head, packet);
  });
  const browser = await chromium.launch({
    executablePath: process.env.GOLDENHOUR_CHROMIUM ?? '/usr/bin/chromium',
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
  });
  try {
    const context = await browser.newContext({ permissions: ['camera'] });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(error.message));
    await page.route('http://localhost/capture', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
    );
    await page.exposeFunction('connectTransport', (dtlsParameters: DtlsParameters) =>
      send.connect({ dtlsParameters }),
    );
    await page.exposeFunction('startProducer', async (rtpParameters: RtpParameters) => {
      const producer = await send.produce({ kind: 'video', rtpParameters });
      const consumer = await pipe.consume({ producerId: producer.id });
      await consumer.requestKeyFrame();
      return producer.id;
    });
    await page.goto('http://localhost/capture');
    await page.addScriptTag({ content: await bundle(), type: 'module' });
    await page.waitForFunction('"publish" in globalThis');
    const { id, iceParameters, iceCandidates, dtlsParameters } = send;
    const options = JSON.stringify({ id, iceParameters, iceCandidates, dtlsParameters });
    const caps = JSON.stringify(router.rtpCapabilities);
    await page.evaluate(`publish(${caps}, ${options}, '${mimeType}', '${mode}')`);
    await delay(seconds * 1000);
    await writeFile(file, Buffer.concat(parts));
  } finally {
    await browser.close();
    socket.close();
    worker.close();
  }
}

const [file, mimeType = 'video/VP9', mode = 'L3T3_KEY', seconds = '3'] = process.argv.slice(2);
if (file !== undefined) await capture(file, mimeType, mode, Number(seconds));
