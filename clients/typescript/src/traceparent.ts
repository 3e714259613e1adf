/**
 * Returns the `traceparent` header of a new trace, which the API and its consumers continue. The
 * flag of sampled traces is not set, because the client records none.
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function makeTraceparent(): string {
  return `00-${randomHex(16)}-${randomHex(8)}-00`;
}

function randomHex(bytes: number): string {
  const values = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(values, (value) => value.toString(16).padStart(2, "0")).join("");
}
