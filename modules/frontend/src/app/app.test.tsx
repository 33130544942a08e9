import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { eventsOf } from '@/testing/events';
import { FakeSocket } from '@/testing/fake-socket';
import { accessRequest, conversation, message } from '@/testing/fixtures';
import { conversationHandlers, deskHandlers, server } from '@/testing/server';

import { App } from './app';

const QUESTION = message({ id: 'q1', content: 'Why SAP?' });
const ANSWER = message({ id: 'answer', role: 'assistant', content: 'Because of **your role**.' });

async function openAs(person: string, path = '/') {
  history.replaceState(null, '', path);
  const user = userEvent.setup();
  render(<App />);
  await user.click(await screen.findByRole('button', { name: `Continue as ${person}` }));
  await waitFor(() => expect(FakeSocket.all.length).toBeGreaterThan(0));
  await act(() => FakeSocket.latest.accept());
  return user;
}

function receive(...frames: Parameters<FakeSocket['receive']>[0][]) {
  act(() => {
    for (const frame of frames) FakeSocket.latest.receive(frame);
  });
}

const composer = () => screen.getByRole('textbox', { name: 'Ask a question' });

beforeEach(() => FakeSocket.install());

describe('a person', () => {
  it('asks, reads the answer as it comes, and keeps it', async () => {
    const user = await openAs('Ana Ruiz');
    await user.keyboard('/Why SAP?{Enter}');
    expect(composer()).toHaveValue('');
    const input = FakeSocket.latest.sentOf('run')[0]?.input;
    expect(input?.messages).toMatchObject([{ role: 'user', content: 'Why SAP?' }]);
    expect(location.pathname).toBe(`/c/${input?.threadId}`);

    const run = eventsOf(input?.runId ?? '', input?.threadId);
    receive(run.started('1-1'), run.start('1-2'), run.text('1-3', 'Because of **your '));
    receive(run.text('1-4', 'role**.'));
    await waitFor(() =>
      expect(screen.getByRole('article', { name: 'Answer' })).toHaveTextContent(
        'Because of your role.',
      ),
    );
    expect(screen.getByRole('status', { name: 'Answer progress' })).toHaveTextContent(
      'Answer started.',
    );

    const stored = [
      { ...QUESTION, runId: run.runId },
      { ...ANSWER, runId: run.runId },
    ];
    const id = input?.threadId ?? '';
    server.use(...conversationHandlers([conversation({ id })], { [id]: stored }));
    receive(run.end('1-5'), run.finished('1-6'));
    expect(await screen.findByRole('button', { name: 'Send' })).toBeInTheDocument();
    expect(await screen.findByRole('heading', { name: 'Access to SAP' })).toBeInTheDocument();
    expect(screen.getAllByRole('article', { name: 'Answer' })).toHaveLength(1);
  });

  it('finds an answer that is being written after a reload', async () => {
    server.use(...conversationHandlers([conversation({ activeRunId: 'r1' })], { c1: [QUESTION] }));
    await openAs('Ana Ruiz', '/c/c1');
    await waitFor(() =>
      expect(FakeSocket.latest.sent).toContainEqual({ type: 'attach', runId: 'r1', after: '0' }),
    );
    const run = eventsOf('r1');
    receive(run.started('1-1'), run.start('1-2'), run.text('1-3', 'All of it'));
    expect(await screen.findByText('All of it')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Stop answering' })).toBeInTheDocument();
  });

  it('stops an answer with Escape', async () => {
    server.use(...conversationHandlers([conversation({ activeRunId: 'r1' })], { c1: [QUESTION] }));
    const user = await openAs('Ana Ruiz', '/c/c1');
    await screen.findByRole('button', { name: 'Stop answering' });
    await user.keyboard('{Escape}');
    expect(FakeSocket.latest.sent).toContainEqual({ type: 'cancel', runId: 'r1' });
  });

  it('asks a failed answer again', async () => {
    const error = { code: 'llm_unavailable', message: 'The assistant is away.', retryable: true };
    const failed = { ...ANSWER, content: '', status: 'failed' as const, error };
    server.use(...conversationHandlers([conversation()], { c1: [QUESTION, failed] }));
    const user = await openAs('Ana Ruiz', '/c/c1');
    expect(await screen.findByText('The assistant is away.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(FakeSocket.latest.sentOf('run')[0]?.input.forwardedProps).toEqual({
      regenerate: 'answer',
      traceparent: expect.stringMatching(/^00-/) as string,
    });
    expect(screen.queryByText('The assistant is away.')).not.toBeInTheDocument();
  });

  it('edits a question', async () => {
    server.use(...conversationHandlers([conversation()], { c1: [QUESTION, ANSWER] }));
    const user = await openAs('Ana Ruiz', '/c/c1');
    await user.click(await screen.findByRole('button', { name: 'Edit question' }));
    const field = screen.getByRole('textbox', { name: 'Edited question' });
    await user.clear(field);
    await user.type(field, 'Why Oracle?{Enter}');
    expect(FakeSocket.latest.sentOf('run')[0]?.input).toMatchObject({
      messages: [{ content: 'Why Oracle?' }],
      forwardedProps: { edit: 'q1' },
    });
    expect(screen.queryByText('your role')).not.toBeInTheDocument();
  });

  it('writes on while offline, and sends when the connection is back', async () => {
    const user = await openAs('Ana Ruiz');
    act(() => void window.dispatchEvent(new Event('offline')));
    expect(
      await screen.findByRole('status', { name: 'You are offline.' }, { timeout: 2_000 }),
    ).toBeInTheDocument();
    await user.type(composer(), 'Why SAP?{Enter}');
    expect(screen.getByText('Will be sent when you are back online')).toBeInTheDocument();
    await user.type(composer(), 'And then?');
    act(() => void window.dispatchEvent(new Event('online')));
    await act(() => FakeSocket.latest.accept());
    expect(FakeSocket.latest.sentOf('run')).toHaveLength(1);
    expect(composer()).toHaveValue('And then?');
    expect(screen.queryByRole('status', { name: 'You are offline.' })).not.toBeInTheDocument();
  });

  it('takes back a question that has not been sent', async () => {
    const user = await openAs('Ana Ruiz');
    act(() => void window.dispatchEvent(new Event('offline')));
    await user.type(composer(), 'Why SAP?{Enter}{Escape}');
    expect(composer()).toHaveValue('Why SAP?');
    expect(screen.queryByRole('article')).not.toBeInTheDocument();
  });

  it('finds the draft of each conversation again', async () => {
    server.use(...conversationHandlers([conversation()], { c1: [QUESTION, ANSWER] }));
    const user = await openAs('Ana Ruiz');
    await user.type(composer(), 'A thought');
    await user.click(await screen.findByRole('link', { name: 'Access to SAP' }));
    expect(composer()).toHaveValue('');
    await user.click(screen.getByRole('button', { name: 'New chat' }));
    expect(composer()).toHaveValue('A thought');
  });

  it('reads that a conversation is not theirs', async () => {
    await openAs('Ana Ruiz', '/c/unknown');
    expect(await screen.findByText(/does not exist, or it is not yours/)).toBeInTheDocument();
  });

  it('becomes someone else in the sandbox', async () => {
    const user = await openAs('Ana Ruiz');
    await user.click(screen.getByRole('button', { name: /Switch person/ }));
    await user.click(await screen.findByRole('menuitemradio', { name: /Ben Okafor/ }));
    await waitFor(() => expect(FakeSocket.all).toHaveLength(2));
    await act(() => FakeSocket.latest.accept());
    expect(FakeSocket.latest.sentOf('auth')).toEqual([{ type: 'auth', token: 'token of manager' }]);
  });

  it('hears quietly that a request has moved', async () => {
    server.use(...deskHandlers({ requests: [accessRequest({ id: 'r7' })] }));
    await openAs('Ana Ruiz');
    receive({ type: 'notice', kind: 'request_changed', requestId: 'r7' });
    expect(
      await screen.findByText('SAP Finance: It waits for the approval of Ben Okafor.'),
    ).toBeInTheDocument();
  });

  it('opens a panel that stays open beside another conversation', async () => {
    server.use(...conversationHandlers([conversation()], { c1: [QUESTION, ANSWER] }));
    const user = await openAs('Ana Ruiz');
    await user.keyboard('p{End}{Enter}');
    expect(await screen.findByText('In SailPoint nobody reports to you.')).toBeInTheDocument();
    await user.click(await screen.findByRole('link', { name: 'Access to SAP' }));
    expect(location.search).toBe('?panel=team');
    await user.click(screen.getByRole('button', { name: 'Close the panel' }));
    expect(location.search).toBe('');
  });

  it('is told to connect where everybody gives their own leave', async () => {
    server.use(
      http.get('/api/sailpoint/connection', () =>
        HttpResponse.json({ mode: 'user', connected: false }),
      ),
    );
    const user = await openAs('Ana Ruiz');
    expect(await screen.findByRole('button', { name: 'Connect SailPoint' })).toBeInTheDocument();
    await user.click(screen.getByRole('link', { name: 'My access' }));
    expect(await screen.findAllByRole('button', { name: 'Connect SailPoint' })).toHaveLength(2);
  });

  it('looks up the keys', async () => {
    const user = await openAs('Ana Ruiz');
    await user.keyboard('?');
    // Without a layout Fluent takes an open dialog for hidden; the browser's tests see that it is not.
    const dialog = await screen.findByRole('dialog', { hidden: true });
    expect(dialog).toHaveAttribute('aria-label', 'Keyboard shortcuts');
    expect(within(dialog).getByText('Shift + Enter')).toBeInTheDocument();
  });
});
