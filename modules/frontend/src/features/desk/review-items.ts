import type { Review, ReviewItem } from '@/lib/queries/desk-shapes';

import { groupBy } from './group-by';
import type { Mark, Marks } from './marks';
import type { Wanted } from './use-cards';
import { countOf } from './words';

export const MAX_BATCH = 250;

export const DECISIONS = ['keep', 'revoke'] as const;

export type ReviewDecision = (typeof DECISIONS)[number];

export type ReviewMark = Mark<ReviewDecision>;
export type ReviewMarks = Marks<ReviewDecision>;

export const FILTERS = [
  ['all', 'All questions'],
  ['open', 'Not decided yet'],
  ['look', 'To look at closely'],
  ['revoke', 'Recommended to revoke'],
] as const;

export type Filter = (typeof FILTERS)[number][0];

export interface ItemGroup {
  readonly person: string;
  readonly items: readonly ReviewItem[];
}

/** By person; the person with the riskiest question first, and so within each. */
export function shownGroups(items: readonly ReviewItem[], filter: Filter): readonly ItemGroup[] {
  const shown = items.filter((item) => isShown(item, filter));
  const byRisk = [...shown].sort((one, other) => other.risk - one.risk);
  return groupBy(byRisk, ({ person }) => person.id).map(([, members]) => ({
    person: members[0]?.person.name ?? '',
    items: members,
  }));
}

function isShown(item: ReviewItem, filter: Filter): boolean {
  if (filter === 'all') return true;
  if (filter === 'open') return item.decision === null;
  return item.decision === null && item.recommendation === filter;
}

export interface Counts {
  readonly total: number;
  /** Decided at SailPoint. */
  readonly decided: number;
  /** Marked here and not sent. */
  readonly marked: number;
  readonly left: number;
}

/** The server's decisions are the truth; a mark counts only where there is none. */
export function countsOf(review: Review, items: readonly ReviewItem[], marks: ReviewMarks): Counts {
  const open = items.filter(({ decision }) => decision === null);
  const marked = open.filter(({ id }) => marks.has(id)).length;
  const total = Math.max(review.total, items.length);
  return { total, decided: total - open.length, marked, left: open.length - marked };
}

export function sentenceOf({ total, decided, marked, left }: Counts): string {
  return `${countOf(total, 'question', 'questions')}: ${decided} decided, ${marked} marked here, ${left} left.`;
}

/** The changes that the marks come to: one for each decision and 250 questions. */
export function batchesOf(
  review: Review,
  items: readonly ReviewItem[],
  marks: ReviewMarks,
  comments: Readonly<Record<ReviewDecision, string>>,
): readonly Wanted[] {
  return DECISIONS.flatMap((decision) => {
    const ids = markedAs(items, marks, decision).map(({ id }) => id);
    const comment = comments[decision].trim();
    return chunks(ids, MAX_BATCH).map((item_ids): Wanted => ({
      kind: 'decide_review',
      args: { review_id: review.id, item_ids, decision, ...(comment && { comment }) },
    }));
  });
}

export function markedAs(
  items: readonly ReviewItem[],
  marks: ReviewMarks,
  decision: ReviewDecision,
): readonly ReviewItem[] {
  return items.filter(
    (item) => item.decision === null && marks.get(item.id)?.decision === decision,
  );
}

export function needsComment({ comments }: Review, decision: ReviewDecision): boolean {
  return comments === 'all' || (comments === 'revoke' && decision === 'revoke');
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, n) => items.slice(n * size, (n + 1) * size));
}
