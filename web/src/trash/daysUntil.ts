const DAY_MILLISECONDS = 86_400_000;

/** Return the number of days until a time, counting one that has begun as a whole; 0 if it has passed. */
export function daysUntil(time: string, now: Date): number {
  return Math.max(0, Math.ceil((Date.parse(time) - now.getTime()) / DAY_MILLISECONDS));
}
