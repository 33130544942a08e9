import type { QueryClient } from '@tanstack/react-query';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiClient } from '@/lib/api-client';
import { ChatSocket } from '@/lib/chat-socket';
import { conversationKeys, type Conversation } from '@/lib/queries/conversations';
import { createQueryClient } from '@/lib/query-client';
import { eventsOf } from '@/testing/events';
import { FakeSocket } from '@/testing/fake-socket';
import { message } from '@/testing/fixtures';
import { server } from '@/testing/server';

import { ConversationCache } from './conversation-cache';
import { RunStore } from './run-store';

const MESSAGES = '/api/conversations/c1/messages';

let queries: QueryClient;
let socket: ChatSocket;
let store: RunStore;
let disconnect: () => void;

beforeEach(async () => {
  FakeSocket.install();
  const getToken = () => Promise.resolve('token');
  queries = createQueryClient();
  queries.setDefaultOptions({ queries: { retry: false } });
  socket = new ChatSocket({ url: 'ws://test', getToken });
  store = new RunStore(socket, new ConversationCache(queries, new ApiClient('', getToken)));
  disconnect = store.connect();
  socket.open();
  await FakeSocket.latest.accept();
});

afterEach(() => {
  disconnect();
  socket.close();
});

function begin(): ReturnType<typeof eventsOf> {
  store.begin('c1', 'Why?');
  return eventsOf(store.runOf('c1')?.runId ?? '');
}

function receive(...frames: Parameters<FakeSocket['receive']>[0][]): void {
  for (const frame of frames) FakeSocket.latest.receive(frame);
}

describe('RunStore', () => {
  it('keeps the streamed answer until the stored one is there', async () => {
    const run = begin();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    server.use(
      http.get(MESSAGES, async () => {
        await held;
        return HttpResponse.json([message({ id: 'answer', role: 'assistant' })]);
      }),
    );
    receive(run.started('1-1'), run.start('1-2'), run.text('1-3', 'So.'), run.finished('1-4'));
    expect(store.runOf('c1')?.state).toMatchObject({ phase: 'finished' });
    release();
    await vi.waitFor(() => expect(store.runOf('c1')).toBeUndefined());
    expect(queries.getQueryData(conversationKeys.messages('c1'))).toHaveLength(1);
  });

  it('keeps it when the stored one cannot be read, and tries again on the next connection', async () => {
    const run = begin();
    server.use(http.get(MESSAGES, () => HttpResponse.error(), { once: true }));
    receive(run.started('1-1'), run.finished('1-2'));
    await vi.waitFor(() =>
      expect(queries.getQueryState(conversationKeys.messages('c1'))?.status).toBe('error'),
    );
    expect(store.runOf('c1')).toBeDefined();
    server.use(http.get(MESSAGES, () => HttpResponse.json([])));
    receive({ type: 'draining' });
    await FakeSocket.latest.accept();
    await vi.waitFor(() => expect(store.runOf('c1')).toBeUndefined());
  });

  it('does not follow a run again that has ended', async () => {
    const run = begin();
    server.use(http.get(MESSAGES, () => HttpResponse.json([])));
    receive(run.started('1-1'), run.finished('1-2'));
    await vi.waitFor(() => expect(store.runOf('c1')).toBeUndefined());
    store.follow('c1', run.runId);
    expect(store.runOf('c1')).toBeUndefined();
    const known = queries.getQueryData<Conversation>(conversationKeys.one('c1'));
    expect(known?.activeRunId).toBeNull();
  });

  it('remembers which answers were continued', async () => {
    const run = begin();
    server.use(http.get(MESSAGES, () => HttpResponse.json([])));
    receive(
      run.started('1-1'),
      run.start('1-2'),
      run.text('1-3', 'Half'),
      run.text('2-3', 'Whole'),
    );
    receive(run.finished('2-4'));
    await vi.waitFor(() => expect(store.runOf('c1')).toBeUndefined());
    expect(store.continuedAnswers()).toEqual(new Set(['answer']));
  });

  it('sends a refused question again under the same id', () => {
    const { runId } = begin();
    const fault = { code: 'unavailable', message: 'Away.', retryable: true };
    receive({ type: 'error', runId, ...fault });
    expect(store.runOf('c1')?.state.phase).toBe('refused');
    store.sendAgain('c1');
    expect(FakeSocket.latest.sentOf('run').map(({ input }) => input.runId)).toEqual([runId, runId]);
  });

  it('draws at most once for what comes at once', () => {
    vi.useFakeTimers();
    const run = begin();
    const draw = vi.fn();
    store.subscribe(draw);
    receive(run.started('1-1'), run.start('1-2'), run.text('1-3', 'a'), run.text('1-4', 'b'));
    vi.advanceTimersByTime(1_000);
    expect(draw).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });
});
