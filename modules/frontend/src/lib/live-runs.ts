import { EventType, type Event, type RunAgentInput } from '@ag-ui/core';

import type { ClientFrame } from './frames';
import { cursorOf, isNews, placeOf, type Place } from './place';

interface LiveRun {
  readonly runId: string;
  readonly input: RunAgentInput | null;
  acknowledged: boolean;
  stopping: boolean;
  held: Place | null;
}

/** The runs that a page follows: whose an event is, and what to send so that a new connection goes on with each. */
export class LiveRuns {
  readonly #runs = new Map<string, LiveRun>();
  readonly #runOfMessage = new Map<string, string>();

  start(input: RunAgentInput): void {
    this.#add(input.runId, input);
  }

  follow(runId: string): void {
    this.#add(runId, null);
  }

  forget(runId: string): void {
    this.#runs.delete(runId);
  }

  rewind(runId: string): void {
    const run = this.#runs.get(runId);
    if (run) run.held = null;
  }

  stop(runId: string): void {
    const run = this.#runs.get(runId);
    if (run) run.stopping = true;
  }

  has(runId: string): boolean {
    return this.#runs.has(runId);
  }

  isAcknowledged(runId: string): boolean {
    return this.#runs.get(runId)?.acknowledged ?? false;
  }

  /** Takes an event in and names its run; null for a run that nobody follows here. */
  take(event: Event): string | null {
    const run = this.#ownerOf(event);
    if (!run) return null;
    const place = placeOf(event);
    if (place && isNews(place, run.held)) run.held = place;
    if (event.type === EventType.RUN_STARTED) run.acknowledged = true;
    if (event.type === EventType.TEXT_MESSAGE_START) {
      this.#runOfMessage.set(event.messageId, run.runId);
    }
    if (isTerminal(event)) this.#runs.delete(run.runId);
    return run.runId;
  }

  /** A run that was not acknowledged is sent again under its own id, which the server takes once. */
  resumption(): ClientFrame[] {
    return [...this.#runs.values()].flatMap((run) => {
      const resumed = this.attachment(run.runId);
      return run.stopping ? [resumed, { type: 'cancel', runId: run.runId }] : [resumed];
    });
  }

  attachment(runId: string): ClientFrame {
    const run = this.#runs.get(runId);
    if (run?.input && !run.acknowledged) return { type: 'run', input: run.input };
    return { type: 'attach', runId, after: cursorOf(run?.held ?? null) };
  }

  #add(runId: string, input: RunAgentInput | null): void {
    this.#runs.set(runId, {
      runId,
      input,
      acknowledged: input === null,
      stopping: false,
      held: null,
    });
  }

  /** Not every event names its run: then its message does, or only one run can go on with it. */
  #ownerOf(event: Event): LiveRun | undefined {
    const named = namedRun(event);
    if (named) return this.#runs.get(named);
    const byMessage = 'messageId' in event && this.#runOfMessage.get(event.messageId ?? '');
    if (byMessage) return this.#runs.get(byMessage);
    const runs = [...this.#runs.values()];
    const fitting = runs.length > 1 ? runs.filter(({ held }) => goesOn(event, held)) : runs;
    return fitting.length === 1 ? fitting[0] : undefined;
  }
}

export function isTerminal(event: Event): boolean {
  return event.type === EventType.RUN_FINISHED || event.type === EventType.RUN_ERROR;
}

function goesOn(event: Event, held: Place | null): boolean {
  const place = placeOf(event);
  return place?.seq === (held?.seq ?? 0) + 1 && place.gen >= (held?.gen ?? 1);
}

function namedRun(event: Event): string | undefined {
  if ('runId' in event && typeof event.runId === 'string') return event.runId;
  const runId: unknown = event.metadata?.['runId'];
  return typeof runId === 'string' ? runId : undefined;
}
