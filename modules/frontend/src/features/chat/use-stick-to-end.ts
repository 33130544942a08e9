import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

const NEAR_END_PX = 24;

/** Follows growing content while the reader is at its end, and leaves the reader alone otherwise. */
export function useStickToEnd(textLength: number, runId: string | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [lengthWhenLeft, setLengthWhenLeft] = useState<number | null>(null);

  const scrollToEnd = useCallback(() => {
    following.current = true;
    setLengthWhenLeft(null);
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, []);

  useEffect(() => {
    const observer = new ResizeObserver(() => following.current && scrollToEnd());
    if (content.current) observer.observe(content.current);
    if (scroller.current) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [scrollToEnd]);

  // eslint-disable-next-line react-hooks/set-state-in-effect -- a new question takes the reader to the end
  useLayoutEffect(() => scrollToEnd(), [scrollToEnd, runId]);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    following.current = below <= NEAR_END_PX;
    setLengthWhenLeft((left) => (following.current ? null : (left ?? textLength)));
  };

  const newBelow = lengthWhenLeft !== null && textLength > lengthWhenLeft;
  return { scroller, content, onScroll, scrollToEnd, newBelow };
}
