import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { ApiClient } from '@/lib/api-client';
import type { Fault } from '@/lib/fault';
import type { Feedback } from '@/lib/queries/feedback';

export interface Conversation {
  readonly id: string;
  readonly title: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly activeRunId: string | null;
}

/** A tool call of an answer, as the server keeps it. `arguments` and `result` are JSON texts. */
export interface StoredStep {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly arguments: string;
  readonly result: string;
  readonly seconds: number;
  readonly isError: boolean;
}

export interface StoredMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  readonly steps: readonly StoredStep[] | null;
  readonly createdAt: string;
  readonly runId: string | null;
  readonly status: 'complete' | 'stopped' | 'failed';
  readonly error: Fault | null;
  /** What the reader said of the answer. */
  readonly feedback: Feedback | null;
}

interface ConversationPage {
  readonly items: readonly Conversation[];
  readonly nextCursor: string | null;
}

export const conversationKeys = {
  lists: ['conversations'] as const,
  list: (search: string) => ['conversations', search] as const,
  one: (id: string) => ['conversation', id] as const,
  messages: (id: string) => ['conversation', id, 'messages'] as const,
};

export function conversationPath(id: string): string {
  return `/api/conversations/${encodeURIComponent(id)}`;
}

export function conversationQuery(api: ApiClient, id: string) {
  return queryOptions({
    queryKey: conversationKeys.one(id),
    queryFn: ({ signal }) => api.json<Conversation>(conversationPath(id), { signal }),
  });
}

export function messagesQuery(api: ApiClient, id: string) {
  return queryOptions({
    queryKey: conversationKeys.messages(id),
    queryFn: ({ signal }) =>
      api.json<readonly StoredMessage[]>(`${conversationPath(id)}/messages`, { signal }),
  });
}

export function conversationListQuery(api: ApiClient, search: string) {
  return infiniteQueryOptions({
    queryKey: conversationKeys.list(search),
    queryFn: ({ pageParam, signal }) =>
      api.json<ConversationPage>(`/api/conversations?${listParameters(search, pageParam)}`, {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

function listParameters(search: string, cursor: string | null): string {
  const parameters = new URLSearchParams({ limit: '30' });
  if (search) parameters.set('query', search);
  if (cursor) parameters.set('cursor', cursor);
  return parameters.toString();
}
