import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';

import type { ConversationRun } from './conversation-run';
import type { RunStore } from './run-store';

export const RunStoreContext = createContext<RunStore | null>(null);

export function useRunStore(): RunStore {
  const store = useContext(RunStoreContext);
  if (!store) throw new Error('RunStoreContext is missing above this component.');
  return store;
}

export function useRun(conversationId: string): ConversationRun | undefined {
  const store = useRunStore();
  return useSyncExternalStore(
    store.subscribe,
    useCallback(() => store.runOf(conversationId), [store, conversationId]),
  );
}

export function useContinuedAnswers(): ReadonlySet<string> {
  const store = useRunStore();
  return useSyncExternalStore(store.subscribe, store.continuedAnswers);
}
