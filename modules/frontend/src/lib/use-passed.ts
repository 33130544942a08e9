import { useEffect, useState } from 'react';

/** A timer that is told to wait for longer does not wait at all. */
const LONGEST_MS = 2 ** 31 - 1;

/** True once the moment has come. */
export function usePassed(moment: string): boolean {
  const [now, setNow] = useState(() => Date.now());
  const left = Date.parse(moment) - now;
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(left + 50, LONGEST_MS));
    return () => clearTimeout(timer);
  }, [left]);
  return left <= 0;
}
