import { useEffect } from 'react';

import type { Review, ReviewItem } from '@/lib/queries/desk-shapes';

import { DECISIONS } from './review-items';
import { useMarks } from './use-marks';

/** The marks of one review. Those whose question is decided have served their turn. */
export function useReviewMarks(review: Review, items: readonly ReviewItem[]) {
  const marks = useMarks(`icarus.marks.review.${review.id}`, DECISIONS);
  const { forget } = marks;
  useEffect(() => {
    const decided = items.filter(({ decision }) => decision !== null);
    forget(new Set(decided.map(({ id }) => id)));
  }, [items, forget]);
  return marks;
}
