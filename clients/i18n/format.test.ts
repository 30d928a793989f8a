import assert from 'node:assert/strict';
import { formatBitrate, formatClock, formatPercent, formatSeconds, formatSpan } from './format.ts';
import { language } from './index.ts';

describe('Numbers and times', () => {
  beforeEach(() => {
    language.value = 'en';
  });
  after(() => {
    language.value = 'en';
  });

  it('give rates in the unit that people compare', () => {
    assert.equal(formatBitrate(820_400), '820 kbit/s');
    assert.equal(formatBitrate(2_540_000), '2.5 Mbit/s');
    assert.equal(formatBitrate(12_400_000), '12 Mbit/s');
  });

  it('say a span as one would say it', () => {
    assert.equal(formatSpan(1000), '1 second');
    assert.equal(formatSpan(90_000), '2 minutes');
    assert.equal(formatSpan(5_400_000), '1.5 hours');
    language.value = 'zh-CN';
    assert.match(formatSpan(15_000), /^15\s*秒钟?$/);
  });

  it('count a clock over the hour', () => {
    assert.equal(formatClock(67_900), '1:07');
    assert.equal(formatClock(3_729_000), '1:02:09');
    assert.equal(formatClock(-5), '0:00');
  });

  it('show ages below ten seconds with a decimal', () => {
    assert.match(formatSeconds(1740), /^1\.7\s/);
    assert.match(formatSeconds(23_400), /^23\s/);
    assert.equal(formatPercent(0.0123), '1.2%');
  });
});
