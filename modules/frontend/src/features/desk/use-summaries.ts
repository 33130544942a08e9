import { useEffect, useRef } from 'react';

import { askForSummaries } from '@/lib/queries/desk';
import type { ReviewItem } from '@/lib/queries/desk-shapes';
import { useServices } from '@/lib/services';

const MAX_IDS = 50;
const SETTLE_MS = 600;

/**
 * Has summaries written of the questions on screen that have none. They come when they come: nothing
 * waits for them, and a failure only means that there are none.
 */
export function useSummaries(reviewId: string, items: readonly ReviewItem[], filter: string) {
  const { api } = useServices();
  const root = useRef<HTMLDivElement>(null);
  const asked = useRef(new Set<string>());
  useEffect(() => {
    const lacking = new Set(items.filter(({ summary }) => summary === null).map(({ id }) => id));
    const visible = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = () => {
      const ids = [...visible].filter((id) => lacking.has(id) && !asked.current.has(id));
      if (ids.length === 0) return;
      const some = ids.slice(0, MAX_IDS);
      for (const id of some) asked.current.add(id);
      void askForSummaries(api, reviewId, some).catch(() => undefined);
    };
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const id = (target as HTMLElement).dataset['row'] ?? '';
        if (isIntersecting) visible.add(id);
        else visible.delete(id);
      }
      clearTimeout(timer);
      timer = setTimeout(ask, SETTLE_MS);
    });
    for (const row of root.current?.querySelectorAll('[data-row]') ?? []) observer.observe(row);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [api, reviewId, items, filter]);
  return root;
}
