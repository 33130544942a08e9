import type { Message } from '@ag-ui/core';

import type { Fault } from '@/lib/fault';
import type { StoredMessage } from '@/lib/queries/conversations';
import type { Feedback } from '@/lib/queries/feedback';

import type { ConversationRun } from './conversation-run';
import { hasEnded, type LiveMessage, type RunState } from './run-reducer';
import { NO_STEPS, storedSteps, type Step } from './steps';

export type EntryStatus =
  'complete' | 'stopped' | 'failed' | 'refused' | 'sending' | 'waiting' | 'writing';

/** One message as the reader sees it. */
export interface Entry {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  /** What the assistant did for it. */
  readonly steps: readonly Step[];
  readonly status: EntryStatus;
  readonly fault: Fault | null;
  readonly continued: boolean;
  readonly runId: string | null;
  /** Which place an answer has among those that wait for the model. */
  readonly placeInLine: number | null;
  /** What the reader said of it. */
  readonly feedback: Feedback | null;
}

export function storedEntries(
  stored: readonly StoredMessage[],
  continuedAnswers: ReadonlySet<string>,
): readonly Entry[] {
  return stored.map(({ id, role, content, steps, status, error, runId, feedback }) => {
    const continued = continuedAnswers.has(id);
    const own = { steps: storedSteps(steps), status, fault: error, continued, runId, feedback };
    return { ...BLANK, id, role, text: content, ...own };
  });
}

export function transcriptOf(
  known: readonly Entry[],
  run: ConversationRun | undefined,
): readonly Entry[] {
  if (!run || isStored(known, run)) return known;
  const base = history(restated(known, run.state.snapshot), run);
  const live = liveEntries(run.state);
  const liveIds = new Set(live.map(({ id }) => id));
  return [...base.filter(({ id }) => !liveIds.has(id)), ...live, ...tail(run, live)];
}

function isStored(known: readonly Entry[], { runId, state }: ConversationRun): boolean {
  return (
    hasEnded(state) && known.some((entry) => entry.role === 'assistant' && entry.runId === runId)
  );
}

function restated(known: readonly Entry[], snapshot: readonly Message[] | null): readonly Entry[] {
  if (!snapshot) return known;
  const byId = new Map(known.map((entry) => [entry.id, entry]));
  return snapshot.flatMap((message) => byId.get(message.id) ?? entriesOf(message));
}

function entriesOf({ id, role, ...message }: Message): readonly Entry[] {
  if (role !== 'user' && role !== 'assistant') return [];
  const text = 'content' in message && typeof message.content === 'string' ? message.content : '';
  return [{ ...BLANK, id, role, text }];
}

/** What stands above the answer: the conversation without what the run replaces, and the question. */
function history(known: readonly Entry[], { request, state }: ConversationRun): readonly Entry[] {
  if (!request) return known;
  const { question, replaces } = request;
  const from = state.phase === 'refused' ? -1 : known.findIndex(({ id }) => id === replaces);
  const kept = from < 0 ? known : known.slice(0, from);
  if (!question || kept.some(({ id }) => id === question.id)) return kept;
  return [...kept, { ...BLANK, id: question.id, role: 'user', text: question.text }];
}

function liveEntries(state: RunState): readonly Entry[] {
  return state.messages.map((message, index) => {
    const isLast = index === state.messages.length - 1;
    return liveEntry(message, isLast ? statusOf(state) : 'complete', state);
  });
}

function liveEntry({ id, text }: LiveMessage, status: EntryStatus, state: RunState): Entry {
  const fault = status === 'failed' ? state.fault : null;
  const steps = stepsOf(state, id);
  return { ...BLANK, id, text, steps, status, fault, continued: state.continued };
}

function statusOf({ phase }: RunState): EntryStatus {
  if (phase === 'finished') return 'complete';
  return phase === 'answering' ? 'writing' : phase;
}

/** What stands in for an answer that has no text yet, or will have none. */
function tail({ runId, state }: ConversationRun, live: readonly Entry[]): readonly Entry[] {
  if (state.phase === 'refused') {
    return [{ ...BLANK, id: runId, status: 'refused', fault: state.fault }];
  }
  if (live.length > 0 || state.phase === 'finished') return [];
  if (state.phase === 'answering') {
    return [
      {
        ...BLANK,
        id: runId,
        steps: state.steps,
        status: 'waiting',
        placeInLine: state.placeInLine,
      },
    ];
  }
  return [{ ...BLANK, id: runId, steps: state.steps, status: state.phase, fault: state.fault }];
}

function stepsOf({ steps }: RunState, answerId: string): readonly Step[] {
  const own = steps.filter(({ messageId }) => messageId === answerId);
  return own.length === steps.length ? steps : own;
}

const BLANK: Entry = {
  id: '',
  role: 'assistant',
  text: '',
  steps: NO_STEPS,
  status: 'complete',
  fault: null,
  continued: false,
  runId: null,
  placeInLine: null,
  feedback: null,
};
