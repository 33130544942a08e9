import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { TokenKeeper } from './token-keeper';

const HOUR = 60 * 60_000;

let count: number;
let keeper: TokenKeeper;

beforeEach(() => {
  vi.useFakeTimers();
  count = 0;
  keeper = new TokenKeeper(() => {
    count += 1;
    return Promise.resolve({ value: `token ${count}`, expiresAt: Date.now() + HOUR });
  });
});

afterEach(() => {
  keeper.stop();
  vi.useRealTimers();
});

describe('TokenKeeper', () => {
  it('asks once for everyone who needs it at the same time', async () => {
    expect(await Promise.all([keeper.getToken(), keeper.getToken()])).toEqual([
      'token 1',
      'token 1',
    ]);
  });

  it('asks again only for a fresh one', async () => {
    await keeper.getToken();
    expect(await keeper.getToken()).toBe('token 1');
    expect(await keeper.getToken('fresh')).toBe('token 2');
  });

  it('renews five minutes before the end, and says so', async () => {
    const renewed: string[] = [];
    keeper.renewed.subscribe((token) => renewed.push(token));
    await keeper.getToken();
    await vi.advanceTimersByTimeAsync(HOUR - 5 * 60_000 - 1);
    expect(renewed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(renewed).toEqual(['token 2']);
  });

  it('does not ask without end for a sign-in that lasts less than that', async () => {
    const brief = new TokenKeeper(() => {
      count += 1;
      return Promise.resolve({ value: 'brief', expiresAt: Date.now() + 60_000 });
    });
    await brief.getToken();
    await brief.getToken();
    expect(count).toBe(1);
    brief.stop();
  });
});
