import type { AuthConfig } from '@/config/runtime-config';

import type { Person } from './person';

export interface AccessToken {
  readonly value: string;
  readonly expiresAt: number;
}

export interface AuthProvider {
  /** Whom one may be; null where the organisation knows who sits in front of the screen. */
  readonly people: readonly Person[] | null;
  /** Always a fresh token. A provider that needs the whole page to sign in leaves it and never answers. */
  acquireToken(personId: string | null): Promise<AccessToken>;
  /** Ends the sign-in in this browser. A provider that needs the whole page for it leaves it and never answers. */
  leave(): Promise<void>;
}

export async function loadAuthProvider(auth: AuthConfig): Promise<AuthProvider> {
  if (auth.kind === 'entra') {
    const { createEntraProvider } = await import('./entra-provider');
    return createEntraProvider(auth.tenantId, auth.clientId);
  }
  const { createSandboxProvider } = await import('./sandbox-provider');
  return createSandboxProvider(auth.issuer);
}
