import { Emitter } from '@/lib/emitter';

import type { AccessToken } from './auth-provider';

const RENEW_BEFORE_MS = 5 * 60_000;

/** Holds the token in memory only, renews it before it expires, and never asks twice at once. */
export class TokenKeeper {
  readonly renewed = new Emitter<string>();
  readonly #acquire: () => Promise<AccessToken>;
  #token: AccessToken | null = null;
  #renewAt = 0;
  #pending: Promise<string> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(acquire: () => Promise<AccessToken>) {
    this.#acquire = acquire;
  }

  readonly getToken = (need?: 'fresh'): Promise<string> => {
    if (this.#token && need !== 'fresh' && Date.now() < this.#renewAt) {
      return Promise.resolve(this.#token.value);
    }
    this.#pending ??= this.#renew().finally(() => (this.#pending = null));
    return this.#pending;
  };

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #renew(): Promise<string> {
    const isFirst = this.#token === null;
    this.#token = await this.#acquire();
    this.#schedule(this.#token.expiresAt - Date.now());
    if (!isFirst) this.renewed.emit(this.#token.value);
    return this.#token.value;
  }

  #schedule(lifetime: number): void {
    const rest = Math.max(lifetime - RENEW_BEFORE_MS, lifetime / 2);
    this.#renewAt = Date.now() + rest;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.getToken('fresh').catch(() => undefined), rest);
  }
}
