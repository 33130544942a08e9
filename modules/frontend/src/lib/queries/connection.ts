import { queryOptions } from '@tanstack/react-query';

import type { ApiClient } from '@/lib/api-client';
import { ApiError } from '@/lib/fault';

/** Whose rights SailPoint sees: those of one identity for all, or each person's own. */
export interface SailPointConnection {
  readonly mode: 'service' | 'user';
  readonly connected: boolean;
}

/** How connecting at SailPoint came out, as the server says in the address it comes back to. */
export const CONNECTION_ENDINGS = [
  'connected',
  'declined',
  'expired',
  'somebody_else',
  'failed',
] as const;

export type ConnectionEnding = (typeof CONNECTION_ENDINGS)[number];

const SERVICE: SailPointConnection = { mode: 'service', connected: true };
const PATH = '/api/sailpoint/connection';

export const connectionKey = ['sailpoint-connection'] as const;

export function connectionQuery(api: ApiClient) {
  return queryOptions({
    queryKey: connectionKey,
    queryFn: async ({ signal }) => {
      try {
        return await api.json<SailPointConnection>(PATH, { signal });
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return SERVICE;
        throw error;
      }
    },
    staleTime: 5 * 60_000,
  });
}

/** Where the person gives their leave. */
export async function authorizeUrl(api: ApiClient): Promise<string> {
  const answer = await api.json<{ authorizeUrl: string }>(PATH, { method: 'POST' });
  return answer.authorizeUrl;
}

export async function disconnect(api: ApiClient): Promise<void> {
  await api.request(PATH, { method: 'DELETE' });
}
