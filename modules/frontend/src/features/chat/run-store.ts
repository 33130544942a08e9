import type { ChatSocket, SocketSignal } from '@/lib/chat-socket';
import { Emitter } from '@/lib/emitter';
import type { Notice } from '@/lib/frames';
import { isTerminal } from '@/lib/live-runs';

import type { ConversationCache } from './conversation-cache';
import type { ConversationRun } from './conversation-run';
import { JOINED_RUN, NEW_RUN, hasEnded, reduceRun, type RunAction } from './run-reducer';
import { askRequest, editRequest, regenerateRequest, type RunRequest } from './run-request';

/** Tokens come faster than a page needs to be drawn. */
const DRAW_EVERY_MS = 32;

/** The runs of all conversations of this page: sends them, reduces what comes back, hands over to the cache. */
export class RunStore {
  readonly #socket: ChatSocket;
  readonly #cache: ConversationCache;
  readonly #change = new Emitter<undefined>();
  readonly #runs = new Map<string, ConversationRun>();
  readonly #ended = new Set<string>();
  #continuedAnswers: ReadonlySet<string> = new Set();
  #draw: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: ChatSocket, cache: ConversationCache) {
    this.#socket = socket;
    this.#cache = cache;
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#change.subscribe(listener);
  readonly runOf = (conversationId: string): ConversationRun | undefined =>
    this.#runs.get(conversationId);
  readonly continuedAnswers = (): ReadonlySet<string> => this.#continuedAnswers;

  connect(): () => void {
    return this.#socket.signals.subscribe((signal) => this.#onSignal(signal));
  }

  begin(conversationId: string, text: string): void {
    this.#cache.begin(conversationId);
    this.ask(conversationId, text);
  }

  ask(conversationId: string, text: string): void {
    this.#start(conversationId, askRequest(conversationId, text));
  }

  edit(conversationId: string, questionId: string, text: string): void {
    this.#start(conversationId, editRequest(conversationId, questionId, text));
  }

  regenerate(conversationId: string, answerId: string): void {
    this.#start(conversationId, regenerateRequest(conversationId, answerId));
  }

  /** Sends a refused run again, under its own id: if it did get through, nothing happens twice. */
  sendAgain(conversationId: string): void {
    const request = this.#runs.get(conversationId)?.request;
    if (request) this.#start(conversationId, request);
  }

  follow(conversationId: string, runId: string): void {
    const known = this.#runs.get(conversationId);
    if ((known && !hasEnded(known.state)) || this.#ended.has(runId)) return;
    this.#set({ runId, conversationId, request: null, state: JOINED_RUN });
    this.#socket.follow(runId);
  }

  /** Returns the question if it had not been sent yet and goes back to its writer. */
  stop(conversationId: string): string | null {
    const run = this.#runs.get(conversationId);
    if (!run || hasEnded(run.state)) return null;
    if (this.#socket.stop(run.runId)) {
      this.#reduce(run, { type: 'stop' });
      return null;
    }
    this.#drop(run);
    return run.request?.replaces ? null : (run.request?.question?.text ?? null);
  }

  #start(conversationId: string, request: RunRequest): void {
    this.#set({ runId: request.input.runId, conversationId, request, state: NEW_RUN });
    this.#socket.run(request.input);
  }

  #onSignal(signal: SocketSignal): void {
    if (signal.type === 'notice') this.#onNotice(signal.notice);
    if (signal.type === 'reconnected') this.#onReconnected();
    if (!('runId' in signal)) return;
    const run = this.#find(signal.runId);
    if (!run) return;
    if (signal.type === 'lost') void this.#settle(run);
    else this.#onRunSignal(run, signal);
  }

  #onNotice(notice: Notice): void {
    if (notice.kind === 'conversation_changed') this.#cache.changed(notice.conversationId);
  }

  #onRunSignal(run: ConversationRun, action: RunAction): void {
    const next = this.#reduce(run, action);
    if (run.state.phase === 'sending' && next.state.phase === 'answering') {
      this.#cache.acknowledged();
    }
    if (action.type === 'event' && isTerminal(action.event)) void this.#settle(next);
  }

  #onReconnected(): void {
    this.#cache.everythingMayHaveChanged();
    for (const run of this.#runs.values()) {
      if (this.#ended.has(run.runId)) void this.#settle(run);
    }
  }

  /** The answer stays as streamed until its stored form is there, so that it neither moves nor flickers. */
  async #settle(run: ConversationRun): Promise<void> {
    this.#ended.add(run.runId);
    if (run.state.continued) this.#rememberContinued(run);
    try {
      await this.#cache.settled(run.conversationId);
    } catch {
      return;
    }
    this.#drop(run);
  }

  #rememberContinued({ state }: ConversationRun): void {
    const answers = state.messages.map(({ id }) => id);
    this.#continuedAnswers = new Set([...this.#continuedAnswers, ...answers]);
  }

  #reduce(run: ConversationRun, action: RunAction): ConversationRun {
    const next = { ...run, state: reduceRun(run.state, action) };
    this.#runs.set(run.conversationId, next);
    this.#draw ??= setTimeout(this.#publish, DRAW_EVERY_MS);
    return next;
  }

  #set(run: ConversationRun): void {
    this.#runs.set(run.conversationId, run);
    this.#publish();
  }

  #drop({ conversationId, runId }: ConversationRun): void {
    if (this.#runs.get(conversationId)?.runId !== runId) return;
    this.#runs.delete(conversationId);
    this.#publish();
  }

  #find(runId: string): ConversationRun | undefined {
    return [...this.#runs.values()].find((run) => run.runId === runId);
  }

  readonly #publish = (): void => {
    clearTimeout(this.#draw);
    this.#draw = undefined;
    this.#change.emit(undefined);
  };
}
