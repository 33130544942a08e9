import { QueryClient } from '@tanstack/react-query';

import { ApiError } from './fault';

const RETRIES = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // The page asks even when the browser believes to be offline: the answer decides, not the guess.
        networkMode: 'always',
        retry: (failures, error) => failures < RETRIES && isWorthRetrying(error),
      },
      mutations: { networkMode: 'always' },
    },
  });
}

function isWorthRetrying(error: Error): boolean {
  return error instanceof ApiError ? error.retryable : true;
}
