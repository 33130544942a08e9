import { useLayoutEffect, useRef } from 'react';

/** A field as high as its text; its own limit and scrolling are a matter of style. */
export function useGrowingTextarea(text: string) {
  const input = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (input.current) fit(input.current);
  }, [text]);
  useLayoutEffect(() => {
    if (!input.current) return;
    return onOtherWidth(input.current, fit);
  }, []);
  return input;
}

function fit(element: HTMLTextAreaElement) {
  element.style.height = 'auto';
  element.style.height = `${element.scrollHeight}px`;
}

/** Calls back when the element's width has changed, as when a panel opens beside it. Returns how to stop. */
function onOtherWidth<E extends HTMLElement>(element: E, callback: (element: E) => void) {
  let width = element.clientWidth;
  const observer = new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    callback(element);
  });
  observer.observe(element);
  return () => observer.disconnect();
}
