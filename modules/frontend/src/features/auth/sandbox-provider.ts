import { ApiError } from '@/lib/fault';

import type { AccessToken, AuthProvider } from './auth-provider';
import type { Person } from './person';

interface Discovery {
  readonly people_endpoint?: string;
  readonly people_token_endpoint?: string;
}

interface TokenAnswer {
  readonly access_token: string;
  readonly expires_in: number;
}

/** The sandbox's issuer lists its people and signs in whomever one picks, without a password. */
export async function createSandboxProvider(issuer: string): Promise<AuthProvider> {
  const base = issuer.replace(/\/$/, '');
  const discovery = await fetchJson<Discovery>(`${base}/.well-known/openid-configuration`);
  if (!discovery.people_endpoint) throw refusal('This address does not say who can sign in.', 0);
  const people = await fetchJson<readonly Person[]>(discovery.people_endpoint);
  const tokenEndpoint = discovery.people_token_endpoint ?? `${base}/token`;
  return {
    people,
    acquireToken: (personId) => acquireToken(tokenEndpoint, personId ?? ''),
    leave: () => Promise.resolve(),
  };
}

async function acquireToken(endpoint: string, person: string): Promise<AccessToken> {
  const body = new URLSearchParams({ person });
  const answer = await fetchJson<TokenAnswer>(endpoint, { method: 'POST', body });
  return { value: answer.access_token, expiresAt: Date.now() + answer.expires_in * 1000 };
}

async function fetchJson<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  if (!response.ok) throw refusal('Signing in did not work.', response.status);
  return (await response.json()) as T;
}

function refusal(message: string, status: number): ApiError {
  return new ApiError({ code: 'sign_in_failed', message, retryable: status >= 500 }, status);
}
