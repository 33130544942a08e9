import type { QueryClient } from '@tanstack/react-query';

import type { ApiClient } from '@/lib/api-client';
import { ApiError } from '@/lib/fault';
import { conversationKeys, messagesQuery, type Conversation } from '@/lib/queries/conversations';
import { proposalKeys } from '@/lib/queries/proposals';

/** Keeps what is known of the server's conversations in step with the runs. */
export class ConversationCache {
  readonly #queries: QueryClient;
  readonly #api: ApiClient;

  constructor(queries: QueryClient, api: ApiClient) {
    this.#queries = queries;
    this.#api = api;
  }

  /** A conversation begins in the page, before the server has heard of it. */
  begin(id: string): void {
    const now = new Date().toISOString();
    const conversation: Conversation = {
      id,
      title: null,
      createdAt: now,
      updatedAt: now,
      activeRunId: null,
    };
    this.#queries.setQueryData(conversationKeys.one(id), conversation);
    this.#queries.setQueryData(conversationKeys.messages(id), []);
  }

  acknowledged(): void {
    void this.#queries.invalidateQueries({ queryKey: conversationKeys.lists });
  }

  changed(id: string): void {
    void this.#queries.invalidateQueries({ queryKey: conversationKeys.one(id) });
    void this.#queries.invalidateQueries({ queryKey: proposalKeys.conversation(id) });
    void this.#queries.invalidateQueries({ queryKey: conversationKeys.lists });
  }

  /** Resolves once the stored messages say how the run ended; a conversation that is gone says it, too. */
  async settled(id: string): Promise<void> {
    this.#queries.setQueryData<Conversation>(
      conversationKeys.one(id),
      (known) => known && { ...known, activeRunId: null },
    );
    try {
      await this.#queries.query({ ...messagesQuery(this.#api, id), staleTime: 0 });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
    void this.#queries.invalidateQueries({ queryKey: conversationKeys.one(id), exact: true });
    void this.#queries.invalidateQueries({ queryKey: proposalKeys.all });
    void this.#queries.invalidateQueries({ queryKey: conversationKeys.lists });
  }

  everythingMayHaveChanged(): void {
    void this.#queries.invalidateQueries();
  }
}
