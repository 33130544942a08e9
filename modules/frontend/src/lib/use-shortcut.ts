import { useEffect, useEffectEvent } from 'react';

interface ShortcutOptions {
  /** With Ctrl, or the command key of a Mac. */
  readonly withControl?: boolean;
}

/** A key of the whole page. Plain characters stay with whoever is writing; an open dialog keeps every key. */
export function useShortcut(
  key: string,
  action: () => void,
  { withControl = false }: ShortcutOptions = {},
): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const control = event.ctrlKey || event.metaKey;
    if (event.key !== key || control !== withControl || event.defaultPrevented) return;
    if (isTaken(event)) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}

function isTaken(event: KeyboardEvent): boolean {
  if (event.altKey || event.isComposing) return true;
  if (isInside(event.target, DIALOG)) {
    return !(event.ctrlKey || event.metaKey) || !isInside(event.target, OWN_DIALOG);
  }
  if (document.querySelector(`${DIALOG}, [role="menu"]`)) return true;
  return event.key.length === 1 && isWriting(event.target);
}

const DIALOG = '[role="dialog"][aria-modal="true"]';
/** A drawer of the page is a part of it: what takes a control key works there. */
const OWN_DIALOG = '[data-own-keys]';

function isInside(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, [contenteditable]');
}
