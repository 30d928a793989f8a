/**
 * Variants are measured in turn, so that what changes slowly on a machine (its temperature, its neighbours) meets all of them. Each
 * round begins with another variant, because the first one after a pause is often the fastest.
 */
import type { Progress } from './series.ts';

/**
 * Measures every variant once in each of `runs` rounds and answers a function from a variant to its results, one for each round in
 * their order. What `measure` throws ends it.
 */
export async function interleave<Variant extends string, Result>(
  variants: readonly Variant[],
  runs: number,
  measure: (variant: Variant, round: number) => Promise<Result>,
  progress?: Progress,
): Promise<(variant: Variant) => readonly Result[]> {
  const results = new Map(variants.map((variant) => [variant, [] as Result[]]));
  for (let round = 0; round < runs; round += 1) {
    for (const [turn, variant] of orderOf(variants, round).entries()) {
      progress?.(round * variants.length + turn + 1, runs * variants.length);
      results.get(variant)?.push(await measure(variant, round));
    }
  }
  return (variant) => results.get(variant) ?? [];
}

/** The order of one round: every variant once, beginning with another one than the round before. */
export function orderOf<Variant>(variants: readonly Variant[], round: number): Variant[] {
  const first = variants.length === 0 ? 0 : round % variants.length;
  return [...variants.slice(first), ...variants.slice(0, first)];
}
