import { useLayoutEffect, useRef } from 'react';

/** A field as high as its text; its own limit and scrolling are a matter of style. */
export function useGrowingTextarea(text: string) {
  const input = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = input.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);
  return input;
}
