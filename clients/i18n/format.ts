/** Numbers, times and rates in the chosen language, by Intl. Every function reads the language signal. */
import { language } from './index.ts';

/** A time of day with seconds; clinical times are read aloud and compared to the second. */
export function formatTime(utc: number): string {
  return new Intl.DateTimeFormat(language.value, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(utc);
}

export function formatShortTime(utc: number): string {
  return new Intl.DateTimeFormat(language.value, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(utc);
}

export function formatDateTime(utc: number): string {
  return new Intl.DateTimeFormat(language.value, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(utc);
}

export function formatNumber(value: number, digits = 0): string {
  return new Intl.NumberFormat(language.value, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

export function formatPercent(fraction: number): string {
  return new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 1 }).format(
    fraction,
  );
}

function unit(value: number, name: string, digits: number, display: 'short' | 'long' = 'short'): string {
  return new Intl.NumberFormat(language.value, {
    style: 'unit',
    unit: name,
    unitDisplay: display,
    maximumFractionDigits: digits,
  }).format(value);
}

/** A rate in bit/s as kbit/s or Mbit/s. */
export function formatBitrate(bitsPerSecond: number): string {
  if (bitsPerSecond < 1e6) return `${formatNumber(bitsPerSecond / 1000)} kbit/s`;
  return `${formatNumber(bitsPerSecond / 1e6, bitsPerSecond < 1e7 ? 1 : 0)} Mbit/s`;
}

export function formatMilliseconds(ms: number): string {
  return unit(Math.round(ms), 'millisecond', 0);
}

/** Seconds with one decimal below 10 s, such as the age of a picture. */
export function formatSeconds(ms: number): string {
  return unit(ms / 1000, 'second', ms < 10_000 ? 1 : 0);
}

/** A wait or a span as whole seconds, minutes or hours, whichever is nearest to how one would say it. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return unit(seconds, 'second', 0, 'long');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit(minutes, 'minute', 0, 'long');
  return unit(Math.round(minutes / 6) / 10, 'hour', 1, 'long');
}

/** A running clock: `4:07` or `1:02:09`. Digits only, the same in every language. */
export function formatClock(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const seconds = String(all % 60).padStart(2, '0');
  const minutes = Math.floor(all / 60) % 60;
  const hours = Math.floor(all / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}
