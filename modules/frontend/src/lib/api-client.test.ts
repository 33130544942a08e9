import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';

import { server } from '@/testing/server';

import { ApiClient } from './api-client';

describe('ApiClient', () => {
  it('asks once more with a fresh sign-in when the server no longer knows it', async () => {
    const getToken = vi.fn((need?: 'fresh') => Promise.resolve(need ?? 'stale'));
    server.use(
      http.get('/api/me', ({ request }) =>
        request.headers.get('Authorization') === 'Bearer fresh'
          ? HttpResponse.json({ name: 'Ana' })
          : HttpResponse.json({}, { status: 401 }),
      ),
    );
    const api = new ApiClient('', getToken);
    await expect(api.json('/api/me')).resolves.toEqual({ name: 'Ana' });
    expect(getToken).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['what the server says', { code: 'forbidden', message: 'Not yours.', retryable: false }],
    ['words of its own when the server has none', null],
  ])('fails with %s', async (_, body) => {
    server.use(http.get('/api/me', () => HttpResponse.json(body, { status: 403 })));
    const api = new ApiClient('', () => Promise.resolve('token'));
    await expect(api.json('/api/me')).rejects.toMatchObject({
      status: 403,
      code: body?.code ?? 'internal',
      message: body?.message ?? 'The server could not answer.',
    });
  });

  it('says that the server cannot be reached', async () => {
    server.use(http.get('/api/me', () => HttpResponse.error()));
    const api = new ApiClient('', () => Promise.resolve('token'));
    await expect(api.json('/api/me')).rejects.toMatchObject({ code: 'unreachable' });
  });
});
