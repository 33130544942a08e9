import { describe, expect, it } from 'vitest';

import { review, reviewItem } from '@/testing/fixtures';

import { batchesOf, countsOf, sentenceOf, shownGroups, type ReviewMark } from './review-items';

const KEEP: ReviewMark = { decision: 'keep', comment: '' };
const REVOKE: ReviewMark = { decision: 'revoke', comment: '' };
const NO_COMMENTS = { keep: '', revoke: '' };

function items(count: number) {
  return Array.from({ length: count }, (_, n) => reviewItem({ id: `q${n}` }));
}

describe('the questions of a review', () => {
  it('are grouped by person, the riskiest first', () => {
    const eva = { id: 'eva', name: 'Eva' };
    const groups = shownGroups(
      [
        reviewItem({ id: 'q1', risk: 5 }),
        reviewItem({ id: 'q2', risk: 50, person: eva }),
        reviewItem({ id: 'q3', risk: 30 }),
      ],
      'all',
    );
    expect(groups.map(({ person }) => person)).toEqual(['Eva', 'Ben Okafor']);
    expect(groups[1]?.items.map(({ id }) => id)).toEqual(['q3', 'q1']);
  });

  it('are all counted, each once', () => {
    const known = [...items(3), reviewItem({ id: 'done', decision: 'approve' })];
    const marks = new Map([
      ['q0', KEEP],
      ['done', REVOKE],
      ['gone', KEEP],
    ]);
    const counts = countsOf(review({ total: 4 }), known, marks);
    expect(sentenceOf(counts)).toBe('4 questions: 1 decided, 1 marked here, 2 left.');
  });

  it('go out in batches of at most 250, each with one decision', () => {
    const known = items(501);
    const marks = new Map(known.map(({ id }, n) => [id, n === 500 ? REVOKE : KEEP]));
    const batches = batchesOf(review(), known, marks, { ...NO_COMMENTS, revoke: ' left ' });
    expect(batches.map(({ args }) => [args['decision'], sizeOf(args['item_ids'])])).toEqual([
      ['keep', 250],
      ['keep', 250],
      ['revoke', 1],
    ]);
    expect(batches.map(({ args }) => args['comment'])).toEqual([undefined, undefined, 'left']);
  });
});

function sizeOf(ids: unknown): number {
  return new Set(ids as string[]).size;
}
