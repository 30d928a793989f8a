/** The plan in words: for screen readers, and for reading out to the crew. */
import { formatNumber, formatSpan } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { COARSE_M, compassOf, OLD_MS, type Plan, type Thing } from './map-view.ts';

/** Metres below a kilometre, else kilometres with one decimal. */
export function distanceText(metres: number): string {
  return metres < 1000
    ? t('map.metres', { n: formatNumber(roundM(metres)) })
    : t('map.kilometres', { n: formatNumber(metres / 1000, metres < 10_000 ? 1 : 0) });
}

/** No more digits than a phone's position is worth. */
function roundM(metres: number): number {
  return metres < 20 ? Math.round(metres) : Math.round(metres / 5) * 5;
}

export function thingName({ kind, number, name }: Thing): string {
  if (kind === 'address') return t('map.address');
  if (kind === 'volunteer') return t('map.volunteer', { name: name ?? '' });
  return t('phone.line', { n: number ?? 1 });
}

type Placed = Plan['placed'][number];

/** "120 m north-east of the address". Undefined for what the plan is centred on. */
export function whereText(thing: Placed, plan: Plan): string | undefined {
  const centre = plan.placed[0];
  if (centre === undefined || centre.id === thing.id) return undefined;
  const from = centre.kind === 'address' ? t('map.ofAddress') : t('map.ofPhone', { name: thingName(centre) });
  const distance = distanceText(thing.distanceM);
  if (thing.distanceM < Math.max(10, thing.accuracyM ?? 0)) return t('map.at', { distance, from });
  return t('map.away', { distance, direction: t(`map.${compassOf(thing)}`), from });
}

/** Accuracy, age, source and datum: what the number is worth. */
export function worthTexts(thing: Thing): readonly { readonly text: string; readonly poor: boolean }[] {
  const texts: { text: string; poor: boolean }[] = [];
  if (thing.accuracyM !== undefined) {
    const accuracy = distanceText(thing.accuracyM);
    texts.push({ text: t('map.accuracy', { accuracy }), poor: thing.accuracyM > COARSE_M });
  }
  if (thing.ageMs !== undefined)
    texts.push({ text: t('map.age', { age: formatSpan(thing.ageMs) }), poor: thing.ageMs > OLD_MS });
  if (thing.source !== undefined)
    texts.push({ text: t(`map.source.${thing.source}`), poor: thing.source !== 'device' });
  if (thing.datum !== undefined && thing.datum !== 'wgs84')
    texts.push({ text: t('map.converted', { datum: t(`map.datum.${thing.datum}`) }), poor: false });
  return texts;
}

/** Degrees as other systems take them. */
export function degreesText({ point }: Thing): string {
  return `${point.lat.toFixed(5)}, ${point.lon.toFixed(5)}`;
}
