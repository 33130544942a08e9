/**
 * The beginning of a trace, as the W3C header `traceparent` tells it: one for each thing that a person
 * asks for, so that operators can follow it from the click to the last task that it caused.
 */
export function newTraceparent(): string {
  return `00-${hex(16)}-${hex(8)}-01`;
}

function hex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
