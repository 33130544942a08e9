import type { RunState } from './run-reducer';
import type { RunRequest } from './run-request';

/** The latest run of a conversation, from the click until its answer is stored. */
export interface ConversationRun {
  readonly runId: string;
  readonly conversationId: string;
  /** Null for a run that this page joined instead of starting. */
  readonly request: RunRequest | null;
  readonly state: RunState;
}
