/**
 * How many are in use at once when calls come at random: offered load in erlang (arrivals per hour times hours each lasts). With
 * room for all, the number in use is Poisson (the M/G/∞ queue, whatever the durations are like); with few, Erlang's loss formula holds.
 */

/** Probability that a call finds all `servers` busy (Erlang B); by the recursion that loses no digits (ITU-T E.501 annex A). */
export function erlangB(servers: number, erlang: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n += 1) blocked = (erlang * blocked) / (n + erlang * blocked);
  return blocked;
}

/** The smallest number that is not exceeded with this probability. Erlang up to some ten thousand. */
export function poissonQuantile(erlang: number, probability: number): number {
  if (!(erlang >= 0) || !(probability >= 0 && probability < 1)) {
    throw new RangeError('a quantile needs a load of 0 or more and a probability below 1');
  }
  if (erlang === 0) return 0;
  // Beyond this many standard deviations nothing is left; sums begin at the mean so that no term underflows.
  const reach = Math.ceil(12 * Math.sqrt(erlang) + 40);
  const mode = Math.floor(erlang);
  const first = Math.max(0, mode - reach);
  const weights = weightsAround(mode, erlang, first, mode + reach);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  for (const [index, weight] of weights.entries()) {
    sum += weight;
    if (sum >= probability * total) return first + index;
  }
  return mode + reach;
}

/** Poisson weights relative to that of the mode. */
function weightsAround(mode: number, erlang: number, first: number, last: number): number[] {
  const below: number[] = [];
  let weight = 1;
  for (let n = mode; n > first; n -= 1) {
    weight *= n / erlang;
    below.push(weight);
  }
  const above: number[] = [];
  weight = 1;
  for (let n = mode + 1; n <= last; n += 1) {
    weight *= erlang / n;
    above.push(weight);
  }
  return [...below.reverse(), 1, ...above];
}
