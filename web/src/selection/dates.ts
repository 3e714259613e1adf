/** Times without an offset, as `2026-06-21T21:14:08`: what a clock at the place displays. */

const MINUTE_MILLISECONDS = 60_000;
const DAY_MINUTES = 24 * 60;

/** Move a time by minutes, which may be negative. */
export function shiftTime(local: string, minutes: number): string {
  return new Date(Date.parse(`${local.slice(0, 19)}Z`) + minutes * MINUTE_MILLISECONDS).toISOString().slice(0, 19);
}

/** Return minutes as an ISO 8601 duration, as `-P1DT30M`. */
export function formatDuration(minutes: number): string {
  const total = Math.abs(minutes);
  const [days, hours, rest] = [Math.floor(total / DAY_MINUTES), Math.floor((total % DAY_MINUTES) / 60), total % 60];
  const time = `${hours ? `${hours}H` : ""}${rest ? `${rest}M` : ""}`;
  return `${minutes < 0 ? "-" : ""}P${days ? `${days}D` : ""}${time ? `T${time}` : ""}`;
}

/** Return the value of a form field, `2026-06-21T21:14`, as a time with seconds; null if it is incomplete. */
export function parseTime(value: string): string | null {
  const match = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?/.exec(value);
  return match ? (match[1] ? match[0] : `${match[0]}:00`) : null;
}
