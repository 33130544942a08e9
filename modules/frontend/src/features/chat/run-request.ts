import type { RunAgentInput } from '@ag-ui/core';

import { newId } from '@/lib/ids';
import { newTraceparent } from '@/lib/trace';

export interface Question {
  readonly id: string;
  readonly text: string;
}

/** What the reader asked for, kept so that it can be shown before it is stored, and sent again. */
export interface RunRequest {
  readonly input: RunAgentInput;
  readonly question: Question | null;
  /** The message that, with all that follows it, gives way to this run. */
  readonly replaces: string | null;
}

export function askRequest(conversationId: string, text: string): RunRequest {
  const question = { id: newId(), text };
  return { input: inputOf(conversationId, question, {}), question, replaces: null };
}

export function editRequest(conversationId: string, edit: string, text: string): RunRequest {
  const question = { id: newId(), text };
  return { input: inputOf(conversationId, question, { edit }), question, replaces: edit };
}

export function regenerateRequest(conversationId: string, regenerate: string): RunRequest {
  const input = inputOf(conversationId, null, { regenerate });
  return { input, question: null, replaces: regenerate };
}

function inputOf(
  threadId: string,
  question: Question | null,
  forwardedProps: Record<string, string>,
): RunAgentInput {
  return {
    threadId,
    runId: newId(),
    messages: question ? [{ id: question.id, role: 'user', content: question.text }] : [],
    state: {},
    tools: [],
    context: [],
    forwardedProps: { ...forwardedProps, traceparent: newTraceparent() },
  };
}
