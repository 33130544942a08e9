import { useCallback, useEffect, useRef, useState } from 'react';

import { readStored, writeStored } from '@/lib/storage';

import { readMarks, withMark, writeMarks, type Mark, type Marks } from './marks';

/** What the reader means to decide, kept in this browser until it is sent: it survives a reload. */
export function useMarks<D extends string>(key: string, decisions: readonly D[]) {
  const [marks, setMarks] = useState(() => readMarks(readStored('local', key), decisions));
  const latest = useRef(marks);
  const change = useCallback(
    (next: Marks<D>) => {
      latest.current = next;
      writeStored('local', key, writeMarks(next));
      setMarks(next);
    },
    [key],
  );
  useEffect(() => {
    // Another tab of this browser marked something.
    const onStorage = (event: StorageEvent) => {
      if (event.key !== key) return;
      latest.current = readMarks(event.newValue, decisions);
      setMarks(latest.current);
    };
    window.addEventListener('storage', onStorage);
    return () => window.removeEventListener('storage', onStorage);
  }, [key, decisions]);

  const mark = useCallback(
    (id: string, given: Mark<D> | null) => change(withMark(latest.current, id, given)),
    [change],
  );
  const markAll = useCallback(
    (ids: readonly string[], given: Mark<D>) =>
      change(ids.reduce<Marks<D>>((known, id) => withMark(known, id, given), latest.current)),
    [change],
  );
  const forget = useCallback(
    (ids: ReadonlySet<string>) => {
      const kept = [...latest.current].filter(([id]) => !ids.has(id));
      if (kept.length < latest.current.size) change(new Map(kept));
    },
    [change],
  );
  /** Takes back the last mark and says which it was. */
  const undo = useCallback(() => {
    const last = [...latest.current.keys()].at(-1) ?? null;
    if (last !== null) change(withMark(latest.current, last, null));
    return last;
  }, [change]);
  return { marks, mark, markAll, forget, undo };
}
