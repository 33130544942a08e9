import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';

import { createQueryClient } from '@/lib/query-client';

import { SignInGate } from './sign-in-gate';

const { account, logoutRedirect } = vi.hoisted(() => ({
  account: { homeAccountId: 'ana' },
  logoutRedirect: vi.fn<(request: object) => Promise<void>>(),
}));

vi.mock('@azure/msal-browser', () => ({
  InteractionRequiredAuthError: class extends Error {},
  PublicClientApplication: class {
    logoutRedirect = logoutRedirect;
    initialize = () => Promise.resolve();
    handleRedirectPromise = () => Promise.resolve(null);
    getAllAccounts = () => [account];
  },
}));

const ENTRA = { kind: 'entra', tenantId: 'tenant', clientId: 'client' } as const;

function open() {
  const failed = vi.fn<() => void>();
  render(
    <QueryClientProvider client={createQueryClient()}>
      <SignInGate auth={ENTRA}>
        {({ leave }) => <button onClick={() => leave().catch(failed)}>Leave</button>}
      </SignInGate>
    </QueryClientProvider>,
  );
  return failed;
}

beforeEach(() => void logoutRedirect.mockReset().mockResolvedValue());

it('leaves by way of the organisation, and is not signed in again unasked', async () => {
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Leave' }));

  expect(logoutRedirect).toHaveBeenCalledWith({ account });
  open();
  expect(await screen.findByText('You have been signed out.')).toBeInTheDocument();
});

it('stays where the organisation cannot be reached', async () => {
  logoutRedirect.mockRejectedValue(new Error('no network'));
  const failed = open();
  await userEvent.click(await screen.findByRole('button', { name: 'Leave' }));

  await vi.waitFor(() => expect(failed).toHaveBeenCalled());
  expect(sessionStorage).toHaveLength(0);
});
