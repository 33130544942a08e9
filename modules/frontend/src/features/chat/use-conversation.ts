import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';

import { conversationQuery, messagesQuery } from '@/lib/queries/conversations';
import { proposalsQuery, type Proposal } from '@/lib/queries/proposals';
import { useServices } from '@/lib/services';

import { hasEnded } from './run-reducer';
import { useContinuedAnswers, useRun, useRunStore } from './run-store-context';
import { storedEntries, transcriptOf } from './transcript-model';

const NO_CARDS: readonly Proposal[] = [];

/** A conversation as it stands: what is stored, and the answer that is being written. */
export function useConversation(conversationId: string) {
  const { api } = useServices();
  const store = useRunStore();
  const conversation = useQuery(conversationQuery(api, conversationId));
  const messages = useQuery(messagesQuery(api, conversationId));
  const proposals = useQuery(proposalsQuery(api, conversationId));
  const run = useRun(conversationId);
  const continued = useContinuedAnswers();

  const activeRunId = conversation.data?.activeRunId;
  useEffect(() => {
    if (activeRunId) store.follow(conversationId, activeRunId);
  }, [store, conversationId, activeRunId]);

  const known = useMemo(
    () => messages.data && storedEntries(messages.data, continued),
    [messages.data, continued],
  );
  const entries = useMemo(() => known && transcriptOf(known, run), [known, run]);
  const cards = proposals.data ?? NO_CARDS;
  return { messages, entries, cards, run, busy: run !== undefined && !hasEnded(run.state) };
}
