import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';

import { ApiClient } from '@/lib/api-client';
import { ChatSocket } from '@/lib/chat-socket';
import type { Proposal } from '@/lib/queries/proposals';
import { ServicesContext } from '@/lib/services';
import { server } from '@/testing/server';

import { ProposalCard } from './proposal-card';

const PENDING: Proposal = {
  id: 'p1',
  kind: 'request_access',
  target: 'access:1:2',
  status: 'pending',
  card: {
    title: 'Request access',
    lines: [{ label: 'Item', value: 'SAP Finance – read' }],
    confirm: 'Send request',
    decline: "Don't send",
    warning: null,
  },
  outcome: null,
  runId: 'r1',
  createdAt: '2026-01-05T12:00:00Z',
  expiresAt: '2099-01-05T12:30:00Z',
  settledAt: null,
};

function show(proposal: Proposal) {
  const getToken = () => Promise.resolve('token');
  const api = new ApiClient('', getToken);
  const socket = new ChatSocket({ url: 'ws://localhost/ws/chat', getToken });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ServicesContext value={{ api, socket }}>
        <ProposalCard proposal={proposal} />
      </ServicesContext>
    </QueryClientProvider>,
  );
}

describe('A card', () => {
  it.each([
    ['Send request', 'confirm'],
    ["Don't send", 'decline'],
  ])('sends the word of “%s” once', async (button, decision) => {
    const words: unknown[] = [];
    server.use(
      http.post('*/api/proposals/p1/decision', async ({ request }) => {
        words.push(await request.json());
        return HttpResponse.json({ ...PENDING, status: 'confirmed' });
      }),
    );
    show(PENDING);

    expect(screen.getByText('SAP Finance – read')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: button }));

    expect(words).toEqual([{ decision }]);
  });

  it.each<[Partial<Proposal>, string | RegExp]>([
    [{ status: 'confirmed' }, 'Confirmed. It is sent as soon as SailPoint takes it.'],
    [{ status: 'done', outcome: { words: 'It is there.', ids: { id: '7' } } }, /It is there\..*7/],
    [
      { status: 'done', outcome: { words: 'It is approved.', isOurs: false } },
      'It is approved. It was so already.',
    ],
    [
      { status: 'confirmed', queuePosition: 2 },
      'SailPoint is unavailable, your request is queued. It is number 2 in line.',
    ],
    [
      { status: 'unknown', outcome: { asOf: '2026-01-05T12:10:00Z' } },
      /Not confirmed as of .* It is being looked up in SailPoint\./,
    ],
    [{ status: 'refused', outcome: { words: 'Not yours.' } }, 'Not yours.'],
    [{ status: 'declined' }, 'You decided against it. Nothing was sent.'],
    [{ status: 'expired' }, 'This has expired, and nothing was sent. Ask for it again.'],
  ])('that is %o says so and has no buttons', (change, words) => {
    show({ ...PENDING, ...change });

    expect(screen.getByRole('status')).toHaveTextContent(words);
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('says that it has expired when its time passes', async () => {
    const expiresAt = new Date(Date.now() + 200).toISOString();
    show({ ...PENDING, expiresAt });
    expect(screen.getAllByRole('button')).toHaveLength(2);

    expect(await screen.findByText(/This has expired/)).toBeVisible();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('shows a day as the reader writes it', () => {
    const lines = [{ label: 'Until', value: '2031-01-31' }];
    show({ ...PENDING, card: { ...PENDING.card, lines } });

    expect(screen.queryByText('2031-01-31')).toBeNull();
    expect(screen.getByText(/31.*2031/)).toBeVisible();
  });

  it('can be sent again only when SailPoint was seen without it', () => {
    show({ ...PENDING, status: 'unknown', outcome: { asOf: PENDING.expiresAt, isAbsent: true } });

    expect(screen.getByRole('button', { name: 'Send again' })).toBeVisible();
  });
});
