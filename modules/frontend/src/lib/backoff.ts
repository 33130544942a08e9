const FIRST_MS = 500;
const CAP_MS = 15_000;

/** Exponential with full jitter, so that a thousand pages do not return in the same second. */
export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(CAP_MS, FIRST_MS * 2 ** attempt);
}
