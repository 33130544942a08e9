import type { GetToken } from './connection';
import { ApiError, isFault, type Fault } from './fault';
import { newTraceparent } from './trace';

const UNREACHABLE: Fault = {
  code: 'unreachable',
  message: 'The server cannot be reached.',
  retryable: true,
};

const UNEXPECTED: Fault = {
  code: 'internal',
  message: 'The server could not answer.',
  retryable: true,
};

export class ApiClient {
  readonly #baseUrl: string;
  readonly #getToken: GetToken;

  constructor(baseUrl: string, getToken: GetToken) {
    this.#baseUrl = baseUrl;
    this.#getToken = getToken;
  }

  async json<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await this.request(path, init);
    return (await response.json()) as T;
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.#send(path, init);
    const answered = response.status === 401 ? await this.#send(path, init, 'fresh') : response;
    if (!answered.ok) throw await errorOf(answered);
    return answered;
  }

  async #send(path: string, init: RequestInit, need?: 'fresh'): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('Authorization', `Bearer ${await this.#getToken(need)}`);
    headers.set('traceparent', newTraceparent());
    if (init.body) headers.set('Content-Type', 'application/json');
    try {
      return await fetch(this.#baseUrl + path, { ...init, headers });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ApiError(UNREACHABLE, 0, { cause });
    }
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  return new ApiError(isFault(body) ? body : UNEXPECTED, response.status);
}
