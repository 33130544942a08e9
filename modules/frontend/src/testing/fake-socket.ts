import { vi } from 'vitest';

import type { ClientFrame, ServerFrame } from '@/lib/frames';

/** Stands in for the browser's WebSocket; a test plays the server. */
export class FakeSocket {
  static all: FakeSocket[] = [];

  static install(): void {
    FakeSocket.all = [];
    vi.stubGlobal('WebSocket', FakeSocket);
  }

  static get latest(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error('No socket has been opened.');
    return socket;
  }

  readonly url: string;
  readonly sent: ClientFrame[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.closed = true;
  }

  async accept(heartbeatSeconds = 25): Promise<void> {
    this.onopen?.();
    await vi.waitFor(() => {
      if (this.sentOf('auth').length === 0) throw new Error('The page has not signed in yet.');
    });
    this.receive({ type: 'ready', user: { id: 'u1', name: 'Ana' }, heartbeatSeconds });
  }

  receive(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  drop(code = 1006): void {
    this.onclose?.({ code });
  }

  sentOf<T extends ClientFrame['type']>(type: T): Extract<ClientFrame, { type: T }>[] {
    return this.sent.filter(
      (frame): frame is Extract<ClientFrame, { type: T }> => frame.type === type,
    );
  }
}
