import type { Event, RunAgentInput } from '@ag-ui/core';

import { reconnectDelay } from './backoff';
import { Connection, OTHER_PERSON, SIGNED_OUT, type GetToken } from './connection';
import { Emitter } from './emitter';
import type { Fault } from './fault';
import {
  isRunEvent,
  type ClientFrame,
  type ControlFrame,
  type Notice,
  type ServerFrame,
} from './frames';
import { LiveRuns } from './live-runs';

export type SocketStatus = 'connecting' | 'online' | 'offline';

export type SocketSignal =
  | { readonly type: 'event'; readonly runId: string; readonly event: Event }
  | { readonly type: 'reset'; readonly runId: string }
  /** The server did not take the run. */
  | { readonly type: 'refused'; readonly runId: string; readonly fault: Fault }
  /** The run can no longer be followed here; what became of it is in the conversation. */
  | { readonly type: 'lost'; readonly runId: string }
  | { readonly type: 'notice'; readonly notice: Notice }
  | { readonly type: 'reconnected' }
  | { readonly type: 'signed-out' };

interface ChatSocketOptions {
  readonly url: string;
  readonly getToken: GetToken;
  readonly random?: () => number;
}

const ATTACH_AGAIN_MS = 1_000;

/** Keeps one connection to the server open and every followed run going over it. */
export class ChatSocket {
  readonly signals = new Emitter<SocketSignal>();
  readonly #statusChange = new Emitter<SocketStatus>();
  readonly #runs = new LiveRuns();
  readonly #options: ChatSocketOptions;
  #status: SocketStatus = 'connecting';
  #connection: Connection | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #need: 'fresh' | undefined;
  #everReady = false;
  #closed = true;

  constructor(options: ChatSocketOptions) {
    this.#options = options;
  }

  readonly subscribeStatus = this.#statusChange.subscribe;
  readonly getStatus = (): SocketStatus => this.#status;

  open(): void {
    if (!this.#closed) return;
    this.#closed = false;
    window.addEventListener('online', this.#hurry);
    window.addEventListener('offline', this.#dropConnection);
    document.addEventListener('visibilitychange', this.#hurry);
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    window.removeEventListener('online', this.#hurry);
    window.removeEventListener('offline', this.#dropConnection);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#connection?.end();
    this.#connection = null;
  }

  run(input: RunAgentInput): void {
    this.#runs.start(input);
    this.#sendIfReady({ type: 'run', input });
  }

  follow(runId: string): void {
    if (this.#runs.has(runId)) return;
    this.#runs.follow(runId);
    this.#sendIfReady(this.#runs.attachment(runId));
  }

  /** Returns false when the question never left the page: then there is nothing to stop, only to take back. */
  stop(runId: string): boolean {
    if (!this.#connection?.ready && !this.#runs.isAcknowledged(runId)) {
      this.#runs.forget(runId);
      return false;
    }
    this.#runs.stop(runId);
    this.#sendIfReady({ type: 'cancel', runId });
    return true;
  }

  forget(runId: string): void {
    this.#runs.forget(runId);
  }

  renew(): void {
    if (this.#connection?.ready) void this.#connection.authenticate();
  }

  #connect(): void {
    clearTimeout(this.#retry);
    const connection: Connection = new Connection(
      new WebSocket(this.#options.url),
      {
        getToken: this.#options.getToken,
        onReady: () => this.#onReady(),
        onFrame: (frame) => this.#onFrame(frame),
        onEnd: (code) => this.#onEnd(connection, code),
      },
      this.#need,
    );
    this.#connection = connection;
  }

  #onReady(): void {
    this.#attempt = 0;
    this.#need = undefined;
    this.#setStatus('online');
    for (const frame of this.#runs.resumption()) this.#connection?.send(frame);
    if (this.#everReady) this.signals.emit({ type: 'reconnected' });
    this.#everReady = true;
  }

  #onEnd(connection: Connection, code: number): void {
    if (this.#closed || connection !== this.#connection) return;
    this.#connection = null;
    this.#setStatus('offline');
    if (code === OTHER_PERSON || (code === SIGNED_OUT && this.#need)) {
      this.#signOut();
    } else if (code === SIGNED_OUT) {
      this.#need = 'fresh';
      this.#connect();
    } else {
      this.#connectLater();
    }
  }

  #signOut(): void {
    this.close();
    this.signals.emit({ type: 'signed-out' });
  }

  #connectLater(): void {
    const delay = reconnectDelay(this.#attempt++, this.#options.random);
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  /** The network or the reader is back: try at once, or make sure that the connection still lives. */
  readonly #hurry = (): void => {
    if (document.visibilityState === 'hidden') return;
    if (this.#connection) this.#connection.probe();
    else this.#connect();
  };

  readonly #dropConnection = (): void => this.#connection?.end(1006);

  #onFrame(frame: ServerFrame): void {
    if (isRunEvent(frame)) this.#onRunEvent(frame);
    else this.#onControl(frame);
  }

  #onRunEvent(event: Event): void {
    const runId = this.#runs.take(event);
    if (runId) this.signals.emit({ type: 'event', runId, event });
  }

  #onControl(frame: ControlFrame): void {
    if (frame.type === 'reset') this.#startOver(frame.runId);
    // A page that was signed in must not come back by itself; one that starts may hold an old token.
    if (frame.type === 'error' && frame.code === 'signed_out' && this.#connection?.ready) {
      this.#signOut();
    }
    if (frame.type === 'error' && frame.runId) this.#onFault(frame.runId, frame);
    if (frame.type === 'draining') this.#moveOn();
    if (frame.type === 'notice') this.signals.emit({ type: 'notice', notice: frame });
  }

  #startOver(runId: string): void {
    if (!this.#runs.has(runId)) return;
    this.#runs.rewind(runId);
    this.signals.emit({ type: 'reset', runId });
    this.#sendIfReady(this.#runs.attachment(runId));
  }

  #onFault(runId: string, fault: Fault): void {
    if (!this.#runs.has(runId) || fault.code === 'run_ended') return;
    if (!this.#runs.isAcknowledged(runId)) {
      this.#runs.forget(runId);
      this.signals.emit({ type: 'refused', runId, fault });
    } else if (fault.retryable) {
      setTimeout(() => this.#attachAgain(runId), ATTACH_AGAIN_MS);
    } else {
      this.#runs.forget(runId);
      this.signals.emit({ type: 'lost', runId });
    }
  }

  #attachAgain(runId: string): void {
    if (this.#runs.has(runId)) this.#sendIfReady(this.#runs.attachment(runId));
  }

  #moveOn(): void {
    const leaving = this.#connection;
    this.#connect();
    leaving?.end();
  }

  #sendIfReady(frame: ClientFrame): void {
    if (this.#connection?.ready) this.#connection.send(frame);
  }

  #setStatus(status: SocketStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#statusChange.emit(status);
  }
}
