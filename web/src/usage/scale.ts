/** Multiples of a power of ten that are easy to read. */
const STEPS = [1, 2, 2.5, 5, 10];

/** Steps of an axis, at most. */
const MAX_STEPS = 4;

/** Relative error of a number such as 0.1 * 3. */
const EPSILON = 1e-9;

/**
 * Return the ticks of an axis from 0 to at least the largest value, evenly spaced at round numbers.
 * Without a value above 0, the axis has only 0. `smallest` is the smallest step: 1 for counts.
 */
export function makeTicks(largest: number, smallest = 0): number[] {
  if (largest <= 0) return [0];
  const rough = largest / MAX_STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const isAllowed = (step: number) => step >= rough * (1 - EPSILON) && (smallest === 0 || step % smallest === 0);
  const step = STEPS.map((each) => each * power).find(isAllowed) ?? smallest;
  return Array.from({ length: Math.ceil(largest / step - EPSILON) + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}
