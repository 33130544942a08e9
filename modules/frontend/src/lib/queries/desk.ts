import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { ApiClient } from '@/lib/api-client';

import type {
  ApprovalList,
  HeldAccess,
  RequestList,
  RequestablePage,
  ReviewItems,
  ReviewList,
  Team,
} from './desk-shapes';

/** SailPoint answers to all of the organisation together only so often, so nothing is read needlessly. */
const STALE_MS = 60_000;

export const deskKeys = {
  all: ['desk'] as const,
  access: (personId: string | null) => ['desk', 'access', personId] as const,
  requestable: (search: string, personId: string | null) =>
    ['desk', 'requestable', personId, search] as const,
  requests: ['desk', 'requests'] as const,
  approvals: ['desk', 'approvals'] as const,
  reviews: ['desk', 'reviews'] as const,
  review: (id: string) => ['desk', 'reviews', id] as const,
  team: ['desk', 'team'] as const,
};

export function accessQuery(api: ApiClient, personId: string | null) {
  return queryOptions({
    queryKey: deskKeys.access(personId),
    queryFn: ({ signal }) => api.json<HeldAccess>(`/api/access${whose(personId)}`, { signal }),
    staleTime: STALE_MS,
  });
}

export function requestableQuery(api: ApiClient, search: string, personId: string | null) {
  return infiniteQueryOptions({
    queryKey: deskKeys.requestable(search, personId),
    queryFn: ({ pageParam, signal }) =>
      api.json<RequestablePage>(
        `/api/requestable?${requestableParameters(search, personId, pageParam)}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: STALE_MS,
  });
}

export function requestsQuery(api: ApiClient) {
  return queryOptions({
    queryKey: deskKeys.requests,
    queryFn: ({ signal }) => api.json<RequestList>('/api/requests', { signal }),
    staleTime: STALE_MS,
  });
}

export function approvalsQuery(api: ApiClient) {
  return queryOptions({
    queryKey: deskKeys.approvals,
    queryFn: ({ signal }) => api.json<ApprovalList>('/api/approvals', { signal }),
    staleTime: STALE_MS,
  });
}

export function reviewsQuery(api: ApiClient) {
  return queryOptions({
    queryKey: deskKeys.reviews,
    queryFn: ({ signal }) => api.json<ReviewList>('/api/certifications', { signal }),
    staleTime: STALE_MS,
  });
}

export function reviewItemsQuery(api: ApiClient, reviewId: string) {
  return queryOptions({
    queryKey: deskKeys.review(reviewId),
    queryFn: ({ signal }) => api.json<ReviewItems>(`${reviewPath(reviewId)}/items`, { signal }),
    staleTime: STALE_MS,
  });
}

export function teamQuery(api: ApiClient) {
  return queryOptions({
    queryKey: deskKeys.team,
    queryFn: ({ signal }) => api.json<Team>('/api/team', { signal }),
    staleTime: 10 * STALE_MS,
  });
}

/** Has summaries of the items written in the background; those that are there come with the items. */
export async function askForSummaries(
  api: ApiClient,
  reviewId: string,
  itemIds: readonly string[],
): Promise<void> {
  const body = JSON.stringify({ itemIds });
  await api.request(`${reviewPath(reviewId)}/summaries`, { method: 'POST', body });
}

function reviewPath(reviewId: string): string {
  return `/api/certifications/${encodeURIComponent(reviewId)}`;
}

function whose(personId: string | null): string {
  return personId ? `?personId=${encodeURIComponent(personId)}` : '';
}

function requestableParameters(search: string, personId: string | null, cursor: string | null) {
  const parameters = new URLSearchParams();
  if (search) parameters.set('query', search);
  if (personId) parameters.set('personId', personId);
  if (cursor) parameters.set('cursor', cursor);
  return parameters.toString();
}
