import { queryOptions } from '@tanstack/react-query';

import type { ApiClient } from '@/lib/api-client';

/** Who the server takes the reader for. */
export interface Me {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
}

export function meQuery(api: ApiClient) {
  return queryOptions({
    queryKey: ['me'],
    queryFn: ({ signal }) => api.json<Me>('/api/me', { signal }),
    staleTime: Infinity,
  });
}

/** Ends every sign-in of the reader from before, wherever it is. */
export async function signOutEverywhere(api: ApiClient): Promise<void> {
  await api.request('/api/sign-out', { method: 'POST' });
}
