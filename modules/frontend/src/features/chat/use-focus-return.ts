import { useEffect, type RefObject } from 'react';

/** What one clicked to ask may leave the page with the click; the focus then goes where one writes on. */
export function useFocusReturn(field: RefObject<HTMLElement | null>, answering: boolean): void {
  useEffect(() => {
    if (!answering || document.activeElement !== document.body) return;
    // On a touch screen the focus would bring up the keyboard.
    if (matchMedia('(hover: hover)').matches) field.current?.focus();
  }, [field, answering]);
}
