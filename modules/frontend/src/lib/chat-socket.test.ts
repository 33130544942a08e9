import type { RunAgentInput } from '@ag-ui/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { eventsOf } from '@/testing/events';
import { FakeSocket } from '@/testing/fake-socket';

import { ChatSocket, type SocketSignal } from './chat-socket';

const INPUT: RunAgentInput = { threadId: 'c1', runId: 'r1', messages: [], tools: [], context: [] };

let socket: ChatSocket;
let signals: SocketSignal[];
const getToken = vi.fn<(need?: 'fresh') => Promise<string>>();

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.install();
  getToken.mockReset().mockResolvedValue('token');
  socket = new ChatSocket({ url: 'ws://test/ws/chat', getToken, random: () => 1 });
  signals = [];
  socket.signals.subscribe((signal) => signals.push(signal));
  socket.open();
});

afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

describe('signing in', () => {
  it('authenticates with the first frame and is online when the server is ready', async () => {
    expect(socket.getStatus()).toBe('connecting');
    await FakeSocket.latest.accept();
    expect(FakeSocket.latest.sent).toEqual([{ type: 'auth', token: 'token' }]);
    expect(socket.getStatus()).toBe('online');
  });

  it('renews when the server asks, without a new connection', async () => {
    await FakeSocket.latest.accept();
    getToken.mockResolvedValue('newer');
    FakeSocket.latest.receive({ type: 'auth_required', expiresAt: '2026-11-23T10:00:00Z' });
    await vi.waitFor(() => expect(FakeSocket.latest.sentOf('auth').at(-1)?.token).toBe('newer'));
    expect(getToken).toHaveBeenLastCalledWith('fresh');
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('tries once with a fresh token when it is not signed in, then gives up', async () => {
    FakeSocket.latest.drop(4401);
    FakeSocket.latest.onopen?.();
    await vi.waitFor(() => expect(getToken).toHaveBeenLastCalledWith('fresh'));
    FakeSocket.latest.drop(4401);
    expect(signals).toEqual([{ type: 'signed-out' }]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it('stays away when its person signed out everywhere', async () => {
    await FakeSocket.latest.accept();
    FakeSocket.latest.receive({
      type: 'error',
      code: 'signed_out',
      message: 'You signed out everywhere.',
      retryable: false,
    });
    expect(signals).toEqual([{ type: 'signed-out' }]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('tries with a fresh token where it began with one from before that', async () => {
    FakeSocket.latest.receive({
      type: 'error',
      code: 'signed_out',
      message: 'You signed out everywhere.',
      retryable: false,
    });
    FakeSocket.latest.drop(4401);
    FakeSocket.latest.onopen?.();
    await vi.waitFor(() => expect(getToken).toHaveBeenLastCalledWith('fresh'));
    expect(signals).toEqual([]);
  });
});

describe('staying connected', () => {
  it('backs off, and tries at once when the network is back', async () => {
    for (const delay of [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      const opened = FakeSocket.all.length;
      FakeSocket.latest.drop();
      await vi.advanceTimersByTimeAsync(delay - 1);
      expect(FakeSocket.all).toHaveLength(opened);
      await vi.advanceTimersByTimeAsync(1);
      expect(FakeSocket.all).toHaveLength(opened + 1);
    }
    FakeSocket.latest.drop();
    const opened = FakeSocket.all.length;
    window.dispatchEvent(new globalThis.Event('online'));
    expect(FakeSocket.all).toHaveLength(opened + 1);
  });

  it('takes ten seconds without an answer to a ping for a loss', async () => {
    await FakeSocket.latest.accept(25);
    await vi.advanceTimersByTimeAsync(25_000);
    expect(FakeSocket.latest.sentOf('ping')).toHaveLength(1);
    FakeSocket.latest.receive({ type: 'pong' });
    await vi.advanceTimersByTimeAsync(25_000);
    expect(socket.getStatus()).toBe('online');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.getStatus()).toBe('offline');
  });

  it('moves to another instance when this one is going away, and stays online', async () => {
    const leaving = FakeSocket.latest;
    await leaving.accept();
    leaving.receive({ type: 'draining' });
    expect(leaving.closed).toBe(true);
    await FakeSocket.latest.accept();
    expect(socket.getStatus()).toBe('online');
    expect(signals).toContainEqual({ type: 'reconnected' });
  });

  it('is offline as soon as the browser says so', async () => {
    await FakeSocket.latest.accept();
    window.dispatchEvent(new globalThis.Event('offline'));
    expect(socket.getStatus()).toBe('offline');
  });
});

describe('runs', () => {
  const run = eventsOf('r1');

  async function reconnect(): Promise<FakeSocket> {
    FakeSocket.latest.drop();
    await vi.advanceTimersByTimeAsync(500);
    await FakeSocket.latest.accept();
    return FakeSocket.latest;
  }

  it('keeps a run until there is a connection', async () => {
    socket.run(INPUT);
    await FakeSocket.latest.accept();
    expect(FakeSocket.latest.sentOf('run')).toEqual([{ type: 'run', input: INPUT }]);
  });

  it('sends a run that was not acknowledged again, with the same id', async () => {
    await FakeSocket.latest.accept();
    socket.run(INPUT);
    expect((await reconnect()).sentOf('run')).toEqual([{ type: 'run', input: INPUT }]);
  });

  it('goes on after the last event', async () => {
    await FakeSocket.latest.accept();
    socket.run(INPUT);
    FakeSocket.latest.receive(run.started('1-1'));
    FakeSocket.latest.receive(run.start('1-2'));
    const { sent } = await reconnect();
    expect(sent.at(-1)).toEqual({ type: 'attach', runId: 'r1', after: '1-2' });
  });

  it('drops what it holds at a reset and attaches from the start', async () => {
    await FakeSocket.latest.accept();
    socket.run(INPUT);
    FakeSocket.latest.receive(run.started('1-1'));
    FakeSocket.latest.receive({ type: 'reset', runId: 'r1' });
    expect(signals.at(-1)).toEqual({ type: 'reset', runId: 'r1' });
    expect(FakeSocket.latest.sent.at(-1)).toEqual({ type: 'attach', runId: 'r1', after: '0' });
  });

  it('takes back a question that was never sent', () => {
    socket.run(INPUT);
    expect(socket.stop('r1')).toBe(false);
  });

  it('stops what the server knows, also after a loss of the connection', async () => {
    await FakeSocket.latest.accept();
    socket.run(INPUT);
    FakeSocket.latest.receive(run.started('1-1'));
    FakeSocket.latest.drop();
    expect(socket.stop('r1')).toBe(true);
    await vi.advanceTimersByTimeAsync(500);
    await FakeSocket.latest.accept();
    expect(FakeSocket.latest.sent.at(-1)).toEqual({ type: 'cancel', runId: 'r1' });
  });

  it.each([
    ['refused', 'before', 'conversation_busy', true],
    ['lost', 'after', 'run_not_found', false],
  ] as const)('calls a run %s %s its acknowledgement', async (type, when, code, retryable) => {
    await FakeSocket.latest.accept();
    socket.run(INPUT);
    if (when === 'after') FakeSocket.latest.receive(run.started('1-1'));
    FakeSocket.latest.receive({ type: 'error', runId: 'r1', code, message: 'No.', retryable });
    expect(signals.at(-1)).toMatchObject({ type, runId: 'r1' });
  });

  it('attaches again when a store was away', async () => {
    await FakeSocket.latest.accept();
    socket.follow('r1');
    const fault = { code: 'unavailable', message: 'Away.', retryable: true };
    FakeSocket.latest.receive({ type: 'error', runId: 'r1', ...fault });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSocket.latest.sentOf('attach')).toHaveLength(2);
  });
});
