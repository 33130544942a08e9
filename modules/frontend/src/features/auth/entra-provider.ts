import {
  InteractionRequiredAuthError,
  PublicClientApplication,
  type AccountInfo,
} from '@azure/msal-browser';

import type { AccessToken, AuthProvider } from './auth-provider';

export async function createEntraProvider(
  tenantId: string,
  clientId: string,
): Promise<AuthProvider> {
  const returnTo = `${location.origin}/redirect.html`;
  const msal = new PublicClientApplication({
    auth: {
      clientId,
      authority: `https://login.microsoftonline.com/${tenantId}`,
      redirectUri: returnTo,
      postLogoutRedirectUri: returnTo,
    },
    cache: { cacheLocation: 'sessionStorage' },
  });
  await msal.initialize();
  const returned = await msal.handleRedirectPromise();
  const account = returned?.account ?? msal.getAllAccounts()[0] ?? null;
  return {
    people: null,
    acquireToken: () => acquireToken(msal, account, clientId),
    leave: () => leave(msal, account),
  };
}

async function acquireToken(
  msal: PublicClientApplication,
  account: AccountInfo | null,
  clientId: string,
): Promise<AccessToken> {
  const scopes = [`api://${clientId}/access_as_user`];
  if (!account) return leaveToSignIn(msal, scopes);
  try {
    const result = await msal.acquireTokenSilent({ scopes, account, forceRefresh: true });
    return { value: result.accessToken, expiresAt: result.expiresOn?.getTime() ?? Date.now() };
  } catch (error) {
    if (error instanceof InteractionRequiredAuthError) return leaveToSignIn(msal, scopes);
    throw error;
  }
}

async function leave(msal: PublicClientApplication, account: AccountInfo | null): Promise<never> {
  await msal.logoutRedirect({ account });
  return new Promise<never>(() => undefined);
}

async function leaveToSignIn(msal: PublicClientApplication, scopes: string[]): Promise<never> {
  await msal.loginRedirect({ scopes });
  return new Promise<never>(() => undefined);
}
