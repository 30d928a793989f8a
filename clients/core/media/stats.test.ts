import assert from 'node:assert/strict';
import { shareLink } from './sampler.ts';
import { parseReport, StatsReader } from './stats.ts';

/** One second of a Chromium report, cut to what is read; `n` is the second. */
const report = (n: number) =>
  new Map<string, unknown>([
    [
      'T',
      {
        id: 'T',
        type: 'transport',
        timestamp: n * 1000,
        selectedCandidatePairId: 'P',
        packetsReceived: n * 50,
        bytesSent: n * 250_000,
        bytesReceived: n * 1000,
      },
    ],
    [
      'P',
      {
        id: 'P',
        type: 'candidate-pair',
        timestamp: n * 1000,
        localCandidateId: 'L',
        currentRoundTripTime: 0.05,
        availableOutgoingBitrate: 4_000_000,
      },
    ],
    ['L', { id: 'L', type: 'local-candidate', timestamp: n * 1000, candidateType: 'relay', protocol: 'udp' }],
    ['C', { id: 'C', type: 'codec', timestamp: n * 1000, mimeType: 'video/H264' }],
    [
      'O0',
      {
        id: 'O0',
        type: 'outbound-rtp',
        kind: 'video',
        mid: '0',
        timestamp: n * 1000,
        bytesSent: n * 50_000,
        frameHeight: 540,
        frameWidth: 960,
        framesPerSecond: 30,
        codecId: 'C',
        active: true,
      },
    ],
    [
      'O1',
      {
        id: 'O1',
        type: 'outbound-rtp',
        kind: 'video',
        mid: '0',
        timestamp: n * 1000,
        bytesSent: n * 200_000,
        frameHeight: 1080,
        frameWidth: 1920,
        framesPerSecond: 25,
        codecId: 'C',
        active: true,
        qualityLimitationReason: 'bandwidth',
      },
    ],
    [
      'R',
      {
        id: 'R',
        type: 'remote-inbound-rtp',
        localId: 'O1',
        timestamp: n * 1000,
        fractionLost: 0.02,
        roundTripTime: 0.06,
      },
    ],
    [
      'I',
      {
        id: 'I',
        type: 'inbound-rtp',
        kind: 'video',
        trackIdentifier: 'track',
        timestamp: n * 1000,
        bytesReceived: n * 125_000,
        packetsReceived: n * 90,
        packetsLost: n * 10,
        framesDecoded: n * 30,
        jitterBufferDelay: n * 3,
        jitterBufferEmittedCount: n * 30,
        freezeCount: 1,
      },
    ],
    ['X', { strange: true }],
  ]);

describe('statistics of a transport', () => {
  it('turn counters into rates per second', () => {
    const reader = new StatsReader();
    assert.equal(reader.read(parseReport(report(1))).upBitrate, 0);
    const reading = reader.read(parseReport(report(2)));
    assert.equal(reading.upBitrate, 2_000_000);
    assert.equal(reading.downBitrate, 8000);
    assert.equal(reading.packetsReceived, 100);
    assert.equal(reading.rttMs, 50);
    assert.equal(reading.path, 'relay');
    assert.equal(reading.available, 4_000_000);
  });

  it('add the encodings of one sender and show its largest picture', () => {
    const reader = new StatsReader();
    reader.read(parseReport(report(1)));
    const sender = reader.read(parseReport(report(2))).senders.get('0');
    assert.equal(sender?.bitrate, 2_000_000);
    assert.equal(sender?.height, 1080);
    assert.equal(sender?.limitation, 'bandwidth');
    assert.equal(sender?.lossFraction, 0.02);
    assert.equal(sender?.codec, 'video/H264');
  });

  it('forget the loss of a stream that is no longer reported on', () => {
    const reader = new StatsReader();
    const old = report(1).get('R');
    reader.read(parseReport(report(1)));
    const still = reader.read(parseReport(report(2).set('R', old))).senders.get('0');
    assert.equal(still?.lossFraction, undefined);
  });

  it('tell loss and delay of a receiver over the last second only', () => {
    const reader = new StatsReader();
    reader.read(parseReport(report(1)));
    const receiver = reader.read(parseReport(report(2))).receivers.get('track');
    assert.equal(receiver?.bitrate, 1_000_000);
    assert.equal(receiver?.lossFraction, 0.1);
    assert.equal(receiver?.jitterBufferMs, 100);
    assert.equal(receiver?.framesDecoded, 60);
  });

  it('share the uplink among wanted pictures by what each may use, after the voices', () => {
    const camera = { kind: 'video' as const, paused: false, demand: undefined };
    const shares = shareLink(10_060_000, [
      { ...camera, producerId: 'a', weight: 20_000_000 },
      { ...camera, producerId: 'b', weight: 5_000_000 },
      { ...camera, producerId: 'c', weight: 5_000_000, paused: true },
      {
        producerId: 'd',
        kind: 'video',
        weight: 5,
        paused: false,
        demand: { producerId: 'd', rung: null, stills: false, alternatives: [] },
      },
      { ...camera, producerId: 'v', kind: 'audio', weight: 0 },
    ]);
    assert.deepEqual(
      [...shares],
      [
        ['a', 8_000_000],
        ['b', 2_000_000],
      ],
    );
    assert.equal(shareLink(undefined, []).size, 0);
  });
});
