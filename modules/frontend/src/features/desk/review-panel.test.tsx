import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import { show } from '@/testing/desk';
import { proposal, review, reviewItem } from '@/testing/fixtures';
import { deskHandlers, preparing, server } from '@/testing/server';

import { ReviewPanel } from './review-panel';

const ITEMS = ['SAP', 'Oracle', 'Badge'].map((name, n) =>
  reviewItem({ id: `q${n}`, access: { type: 'role', id: name, name }, risk: 9 - n }),
);

function withReview(values: Parameters<typeof review>[0] = {}, items = ITEMS) {
  const reviews = [{ review: review(values), items, asOf: '2026-11-25T09:00:00Z' }];
  server.use(...deskHandlers({ reviews }));
}

async function focusFirst() {
  (await screen.findByRole('button', { name: /SAP/ })).focus();
}

describe('A review', () => {
  it('is marked by keys, which survive a reload', async () => {
    withReview();
    const user = userEvent.setup();
    const { unmount } = show(<ReviewPanel reviewId="v1" at={undefined} />);
    await focusFirst();
    await user.keyboard('adau');
    expect(screen.getByText('3 questions: 0 decided, 2 marked here, 1 left.')).toBeVisible();
    expect(document.activeElement).toHaveTextContent('Badge');

    unmount();
    show(<ReviewPanel reviewId="v1" at={undefined} />);
    expect(await screen.findByText('3 questions: 0 decided, 2 marked here, 1 left.')).toBeVisible();
    expect(screen.getByText('Marked, not sent: 1 to keep, 1 to revoke.')).toBeVisible();
  });

  it('asks for the comment that it wants, and shows a card for each decision', async () => {
    withReview({ comments: 'revoke' });
    const bodies = preparing((count) =>
      proposal({ id: `p${count}`, kind: 'decide_review', target: 'review:v1' }),
    );
    const user = userEvent.setup();
    show(<ReviewPanel reviewId="v1" at={undefined} />);
    await focusFirst();
    await user.keyboard('ad{Control>}{Enter}{/Control}');
    expect(screen.getByText('This review asks for a comment.')).toBeVisible();
    expect(bodies).toEqual([]);

    await user.type(screen.getByRole('textbox', { name: /Comment on the 1 to revoke/ }), 'Left');
    await user.click(screen.getByRole('button', { name: /Show what will be sent/ }));
    expect(await screen.findByRole('button', { name: 'Confirm all 2' })).toBeVisible();
    expect(bodies.map((body) => body.arguments)).toEqual([
      { review_id: 'v1', item_ids: ['q0'], decision: 'keep' },
      { review_id: 'v1', item_ids: ['q1'], decision: 'revoke', comment: 'Left' },
    ]);
    await waitFor(() =>
      expect(screen.getByRole('region', { name: 'Decisions that wait for you' })).toHaveFocus(),
    );
  });

  it('keeps what can only be kept', async () => {
    withReview({}, [
      reviewItem({ access: { type: 'role', id: 'SAP', name: 'SAP' }, revocable: false }),
    ]);
    const user = userEvent.setup();
    show(<ReviewPanel reviewId="v1" at={undefined} />);
    await focusFirst();
    await user.keyboard('d');
    expect(screen.queryByText(/Marked, not sent/)).toBeNull();
  });

  it('is signed off by a step of its own, and only when it can be', async () => {
    withReview({ decided: 3, canSignOff: true, whyNot: null }, [
      reviewItem({ decision: 'approve' }),
    ]);
    const user = userEvent.setup();
    const bodies = preparing(() => proposal({ kind: 'sign_off', target: 'review:v1' }));
    show(<ReviewPanel reviewId="v1" at={undefined} />);
    await user.click(await screen.findByRole('button', { name: 'Prepare the sign-off' }));
    expect(bodies).toEqual([{ kind: 'sign_off', arguments: { review_id: 'v1' } }]);
    expect(await screen.findByRole('group', { name: 'Approve a request' })).toBeVisible();
  });

  it('says why it cannot be signed off yet', async () => {
    withReview();
    show(<ReviewPanel reviewId="v1" at={undefined} />);
    expect(await screen.findByText('3 questions are not decided.')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Prepare the sign-off' })).toBeNull();
  });
});
