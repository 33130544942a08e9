import type { ApiClient } from '@/lib/api-client';

export type Rating = 'up' | 'down';

/** What the reader says of an answer. */
export interface Feedback {
  readonly rating: Rating;
  readonly comment: string | null;
}

export const MAX_COMMENT = 2_000;

/** Stores the reader's word in the place of the one before; null takes it back. */
export function tellFeedback(
  api: ApiClient,
  answerId: string,
  feedback: Feedback | null,
): Promise<Response> {
  const path = `/api/feedback/${encodeURIComponent(answerId)}`;
  if (!feedback) return api.request(path, { method: 'DELETE' });
  const { rating, comment } = feedback;
  return api.request(path, { method: 'PUT', body: JSON.stringify({ rating, comment }) });
}
