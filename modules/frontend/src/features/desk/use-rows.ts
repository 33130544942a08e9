import { useEffect, useRef, type KeyboardEvent } from 'react';

const ROW = '[data-row]';
const STEPS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, last) => last,
};

type OnKey = (key: string, id: string, event: KeyboardEvent) => void;

/** Arrows walk the rows of a list, however its groups cut it. `walk` also tells other keys, with the row's id. */
export function useRows<E extends HTMLElement = HTMLDivElement>() {
  const list = useRef<E>(null);
  const walk = (onKey?: OnKey) => (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (!target.matches(ROW)) return;
    const rows = rowsIn(list.current);
    const step = STEPS[event.key];
    if (step) {
      event.preventDefault();
      focusRow(rows[step(rows.indexOf(target), rows.length - 1)]);
    } else {
      onKey?.(event.key, target.dataset['row'] ?? '', event);
    }
  };
  const focusOn = (id: string) => {
    focusRow(rowsIn(list.current).find((row) => row.dataset['row'] === id));
  };
  return { list, walk, onKeyDown: walk(), focusOn };
}

/** Brings the row that the address means into view, once it is there. */
export function useShownRow(id: string | undefined, ready: boolean) {
  const shown = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (!ready || !id || shown.current === id) return;
    const row = document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`);
    if (!row) return;
    shown.current = id;
    row.scrollIntoView({ block: 'center' });
    row.focus();
  }, [id, ready]);
}

function rowsIn(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>(ROW) ?? [])];
}

function focusRow(row: HTMLElement | undefined): void {
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}
