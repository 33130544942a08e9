import { useQuery } from '@tanstack/react-query';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { delay, http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { messagesQuery, type StoredMessage } from '@/lib/queries/conversations';
import type { Feedback as Said } from '@/lib/queries/feedback';
import { useServices } from '@/lib/services';
import { show } from '@/testing/desk';
import { message } from '@/testing/fixtures';
import { conversationHandlers, server } from '@/testing/server';

import { Feedback } from './feedback';

const ANSWER = message({ id: 'answer', role: 'assistant' });
const AWAY = { code: 'unavailable', message: 'Try again soon.', retryable: true };

/** The answer's feedback, from the messages as the page knows them. */
function Answer() {
  const { api } = useServices();
  const { data } = useQuery(messagesQuery(api, 'c1'));
  const stored = data?.find(({ id }) => id === 'answer')?.feedback ?? null;
  return data && <Feedback conversationId="c1" answerId="answer" stored={stored} />;
}

function keeping(messages: readonly StoredMessage[]) {
  server.use(...conversationHandlers([], { c1: messages }));
}

/** Opens the answer at a server that keeps what it is told. */
async function open(feedback: Said | null = null) {
  const told: unknown[] = [];
  keeping([{ ...ANSWER, feedback }]);
  server.use(
    http.put('/api/feedback/answer', async ({ request }) => {
      told.push(await request.json());
      return HttpResponse.json({});
    }),
    http.delete('/api/feedback/answer', () => {
      told.push(null);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  show(<Answer />);
  await screen.findByRole('button', { name: 'Helpful' });
  return told;
}

const button = (name: string) => screen.getByRole('button', { name });
const comment = () => screen.getByRole('textbox', { name: 'What was not helpful?' });

describe('feedback', () => {
  const user = userEvent.setup();
  let told: unknown[];

  describe('on an answer of which nothing was said', () => {
    beforeEach(async () => {
      told = await open();
    });

    it('is given and taken back with one button', async () => {
      expect(button('Helpful')).toHaveAttribute('aria-pressed', 'false');
      await user.click(button('Helpful'));
      expect(button('Helpful')).toHaveAttribute('aria-pressed', 'true');
      await user.click(button('Helpful'));
      expect(button('Helpful')).toHaveAttribute('aria-pressed', 'false');
      await waitFor(() => expect(told).toEqual([{ rating: 'up', comment: null }, null]));
      expect(screen.queryByRole('form')).not.toBeInTheDocument();
    });

    it('counts at once, before the server has answered', async () => {
      server.use(http.put('/api/feedback/answer', () => delay('infinite')));
      await user.click(button('Not helpful'));
      expect(button('Not helpful')).toHaveAttribute('aria-pressed', 'true');
      expect(button('Helpful')).toHaveAttribute('aria-pressed', 'false');
    });

    it('takes a comment on what was not helpful, by keyboard', async () => {
      await user.tab();
      await user.tab();
      await user.keyboard('{Enter}');
      await user.tab();
      expect(comment()).toHaveFocus();
      await user.keyboard('It is not my role. {Enter}');
      expect(await screen.findByText('Thank you. Your comment is stored.')).toBeInTheDocument();
      expect(told).toEqual([
        { rating: 'down', comment: null },
        { rating: 'down', comment: 'It is not my role.' },
      ]);
      expect(button('Not helpful')).toHaveFocus();
      expect(screen.queryByRole('form')).not.toBeInTheDocument();
    });

    it('needs no comment', async () => {
      await user.click(button('Not helpful'));
      expect(button('Send comment')).toBeDisabled();
      await user.click(comment());
      await user.keyboard('{Enter}{Escape}');
      expect(screen.queryByRole('form')).not.toBeInTheDocument();
      expect(button('Not helpful')).toHaveFocus();
      expect(told).toEqual([{ rating: 'down', comment: null }]);
    });

    it('says plainly that it was not stored, and tries again', async () => {
      server.use(
        http.put('/api/feedback/answer', () => HttpResponse.json(AWAY, { status: 503 }), {
          once: true,
        }),
      );
      await user.click(button('Helpful'));
      expect(await screen.findByRole('alert')).toHaveTextContent(
        'Your feedback was not stored. Try again soon.',
      );
      expect(button('Helpful')).toHaveAttribute('aria-pressed', 'false');
      await user.click(button('Try again'));
      await waitFor(() => expect(told).toEqual([{ rating: 'up', comment: null }]));
      expect(button('Helpful')).toHaveAttribute('aria-pressed', 'true');
      expect(screen.queryByRole('alert')).not.toBeInTheDocument();
    });

    it('keeps a comment that could not be stored', async () => {
      await user.click(button('Not helpful'));
      await user.type(comment(), 'Not mine');
      server.use(http.put('/api/feedback/answer', () => HttpResponse.json(AWAY, { status: 503 })));
      await user.click(button('Send comment'));
      expect(await screen.findByRole('alert')).toBeInTheDocument();
      expect(comment()).toHaveValue('Not mine');
      expect(button('Not helpful')).toHaveAttribute('aria-pressed', 'true');
    });
  });

  it('is read again where the page does not know the answer yet', async () => {
    keeping([]);
    show(<Answer />);
    await screen.findByRole('button', { name: 'Helpful' });
    keeping([{ ...ANSWER, feedback: { rating: 'down', comment: null } }]);
    server.use(http.put('/api/feedback/answer', () => HttpResponse.json({})));
    await user.click(button('Helpful'));
    // Said in another window meanwhile: what the server knows is shown in the end.
    await waitFor(() => expect(button('Not helpful')).toHaveAttribute('aria-pressed', 'true'));
  });

  it('is shown as it was left, and can be changed', async () => {
    told = await open({ rating: 'down', comment: 'Wrong' });
    expect(button('Not helpful')).toHaveAttribute('aria-pressed', 'true');
    expect(screen.queryByRole('form')).not.toBeInTheDocument();
    expect(screen.getByRole('blockquote')).toHaveTextContent('Wrong');
    await user.click(button('Helpful'));
    expect(screen.queryByRole('blockquote')).toBeNull();
    expect(button('Not helpful')).toHaveAttribute('aria-pressed', 'false');
    await waitFor(() => expect(told).toEqual([{ rating: 'up', comment: null }]));
  });
});
