import { ApiError } from '@/lib/fault';

export type AuthConfig =
  | { readonly kind: 'openid'; readonly issuer: string }
  | { readonly kind: 'entra'; readonly tenantId: string; readonly clientId: string };

export interface RuntimeConfig {
  readonly build: string;
  /** Empty where the page and the API share an origin. */
  readonly apiBaseUrl: string;
  readonly auth: AuthConfig;
}

export async function loadRuntimeConfig(): Promise<RuntimeConfig> {
  const response = await fetch('/config.json');
  if (!response.ok) {
    const fault = { code: 'unavailable', message: 'The server is not ready.', retryable: true };
    throw new ApiError(fault, response.status);
  }
  return (await response.json()) as RuntimeConfig;
}

export function socketUrl(apiBaseUrl: string, pageUrl: string = location.href): string {
  const url = new URL('/ws/chat', apiBaseUrl || pageUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
