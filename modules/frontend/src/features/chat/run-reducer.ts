import { EventType, type Event, type Message } from '@ag-ui/core';

import type { Fault } from '@/lib/fault';
import { isNews, placeOf, type Place } from '@/lib/place';

import type { Step } from './steps';

export type RunPhase = 'sending' | 'answering' | 'finished' | 'stopped' | 'failed' | 'refused';

export interface LiveMessage {
  readonly id: string;
  readonly text: string;
}

/** A tool call as far as it has come; without a result it is under way. */
export interface LiveStep extends Step {
  readonly messageId: string;
}

/** What the events held so far say. */
interface RunView {
  readonly phase: RunPhase;
  readonly messages: readonly LiveMessage[];
  readonly steps: readonly LiveStep[];
  /** The conversation as the run last stated it. */
  readonly snapshot: readonly Message[] | null;
  readonly fault: Fault | null;
  /** How many answers are begun before this one, this one counted; null when it is its turn. */
  readonly placeInLine: number | null;
}

/** The events held, newest first: appending costs the same however long the answer is. */
interface Held {
  readonly place: Place;
  readonly event: Event;
  readonly earlier: Held | null;
}

export interface RunState extends RunView {
  readonly held: Held | null;
  readonly stopping: boolean;
  /** Text that the reader had seen was withdrawn, and the answer went on without it. */
  readonly continued: boolean;
}

export type RunAction =
  | { readonly type: 'event'; readonly event: Event }
  | { readonly type: 'reset' }
  | { readonly type: 'refused'; readonly fault: Fault }
  | { readonly type: 'stop' };

const EMPTY_VIEW: RunView = {
  phase: 'sending',
  messages: [],
  steps: [],
  snapshot: null,
  fault: null,
  placeInLine: null,
};

export const NEW_RUN: RunState = { ...EMPTY_VIEW, held: null, stopping: false, continued: false };

/** A run that someone else started and this page joins: it is known to be under way. */
export const JOINED_RUN: RunState = { ...NEW_RUN, phase: 'answering' };

export function reduceRun(state: RunState, action: RunAction): RunState {
  switch (action.type) {
    case 'event':
      return take(state, action.event);
    case 'reset':
      return { ...JOINED_RUN, stopping: state.stopping };
    case 'refused':
      return { ...state, phase: 'refused', fault: action.fault };
    case 'stop':
      return { ...state, stopping: true };
  }
}

export function hasEnded({ phase }: RunState): boolean {
  return phase !== 'sending' && phase !== 'answering';
}

function take(state: RunState, event: Event): RunState {
  const place = placeOf(event);
  if (!place || !isNews(place, state.held?.place ?? null)) return state;
  const kept = withdraw(state, place);
  const view = apply(kept, event);
  const lost = textLength(kept) < textLength(state) || textLength(view) < textLength(kept);
  return {
    ...view,
    held: { place, event, earlier: kept.held },
    stopping: state.stopping,
    continued: state.continued || lost,
  };
}

/** A later generation takes back everything from its first event up. */
function withdraw(state: RunState, next: Place): RunState {
  let held = state.held;
  while (held && held.place.seq >= next.seq) held = held.earlier;
  return held === state.held ? state : { ...state, ...replay(held), held };
}

function replay(held: Held | null): RunView {
  const events: Event[] = [];
  for (let at = held; at; at = at.earlier) events.push(at.event);
  return events.reduceRight(apply, EMPTY_VIEW);
}

function apply(view: RunView, event: Event): RunView {
  switch (event.type) {
    case EventType.RUN_STARTED:
      return { ...pick(view), phase: 'answering' };
    case EventType.RUN_FINISHED:
      return { ...pick(view), phase: event.outcome?.type === 'cancelled' ? 'stopped' : 'finished' };
    case EventType.RUN_ERROR:
      return { ...pick(view), phase: 'failed', fault: faultOf(event) };
    case EventType.CUSTOM:
      return { ...pick(view), placeInLine: placeInLineOf(event) ?? view.placeInLine };
    default:
      return applyMessage(view, event);
  }
}

function applyMessage(view: RunView, event: Event): RunView {
  switch (event.type) {
    case EventType.TEXT_MESSAGE_START: {
      const begun = { id: event.messageId, text: '' };
      return { ...pick(view), messages: [...view.messages, begun], placeInLine: null };
    }
    case EventType.TEXT_MESSAGE_CONTENT:
      return { ...pick(view), messages: append(view.messages, event.messageId, event.delta) };
    case EventType.MESSAGES_SNAPSHOT:
      return { ...pick(view), ...restate(view, event.messages) };
    default:
      return { ...pick(view), steps: applyStep(view.steps, event) };
  }
}

function applyStep(steps: readonly LiveStep[], event: Event): readonly LiveStep[] {
  switch (event.type) {
    case EventType.TOOL_CALL_START:
      return [...steps, begunStep(event)];
    case EventType.TOOL_CALL_ARGS:
      return steps.map((step) =>
        step.id === event.toolCallId ? { ...step, arguments: step.arguments + event.delta } : step,
      );
    case EventType.TOOL_CALL_RESULT:
      return steps.map((step) =>
        step.id === event.toolCallId ? { ...step, result: resultOf(event) } : step,
      );
    default:
      return steps;
  }
}

function begunStep(event: Extract<Event, { type: EventType.TOOL_CALL_START }>): LiveStep {
  const title: unknown = event.metadata?.['title'];
  return {
    id: event.toolCallId,
    name: event.toolCallName,
    title: typeof title === 'string' ? title : event.toolCallName,
    arguments: '',
    messageId: event.parentMessageId ?? '',
    result: null,
  };
}

function resultOf({ content, metadata }: Extract<Event, { type: EventType.TOOL_CALL_RESULT }>) {
  const seconds: unknown = metadata?.['seconds'];
  return {
    text: typeof content === 'string' ? content : '',
    seconds: typeof seconds === 'number' ? seconds : 0,
    isError: metadata?.['isError'] === true,
  };
}

function pick({ phase, messages, steps, snapshot, fault, placeInLine }: RunView): RunView {
  return { phase, messages, steps, snapshot, fault, placeInLine };
}

function placeInLineOf({ name, value }: Extract<Event, { type: EventType.CUSTOM }>): number | null {
  if (name !== 'waiting') return null;
  const { position } = value as { position?: unknown };
  return typeof position === 'number' ? position : null;
}

function append(messages: readonly LiveMessage[], id: string, delta: string) {
  return messages.map((message) =>
    message.id === id ? { ...message, text: message.text + delta } : message,
  );
}

/** What a run states about the conversation holds: text of its own that it leaves out is withdrawn. */
function restate({ messages, steps }: RunView, snapshot: readonly Message[]) {
  const stated = new Set(snapshot.map(({ id }) => id));
  return {
    snapshot,
    messages: messages.filter(({ id }) => stated.has(id)),
    steps: steps.filter(({ messageId }) => stated.has(messageId)),
  };
}

function faultOf(event: Extract<Event, { type: EventType.RUN_ERROR }>): Fault {
  return {
    code: event.code ?? 'internal',
    message: event.message,
    retryable: event.metadata?.['retryable'] === true,
  };
}

function textLength({ messages }: RunView): number {
  return messages.reduce((length, { text }) => length + text.length, 0);
}
