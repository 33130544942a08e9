import { Spinner } from '@fluentui/react-components';
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { CenteredPage } from '@/components/centered-page';
import { Problem } from '@/components/problem';
import { Wait } from '@/components/wait';
import { loadRuntimeConfig } from '@/config/runtime-config';
import { SignInGate } from '@/features/auth/sign-in-gate';
import { createQueryClient } from '@/lib/query-client';

import { ErrorBoundary } from './error-boundary';
import { SignedIn } from './signed-in';
import { ThemeProvider } from './theme-provider';

export function App() {
  const [queries] = useState(createQueryClient);
  return (
    <ThemeProvider>
      <ErrorBoundary>
        <QueryClientProvider client={queries}>
          <ConfiguredApp />
        </QueryClientProvider>
      </ErrorBoundary>
    </ThemeProvider>
  );
}

function ConfiguredApp() {
  const config = useQuery({
    queryKey: ['config'],
    queryFn: loadRuntimeConfig,
    staleTime: Infinity,
  });
  if (config.data) {
    const { auth, apiBaseUrl } = config.data;
    return (
      <SignInGate auth={auth}>
        {/* Another person is another page: nothing of the one before may stay. */}
        {(session) => (
          <SignedIn key={session.person?.id} session={session} apiBaseUrl={apiBaseUrl} />
        )}
      </SignInGate>
    );
  }
  return (
    <CenteredPage>
      {config.isError ? (
        <Problem
          what="Icarus cannot be reached."
          still="Your conversations are kept."
          onRetry={() => void config.refetch()}
        />
      ) : (
        <Wait reason="the server">
          <Spinner label="Starting" />
        </Wait>
      )}
    </CenteredPage>
  );
}
