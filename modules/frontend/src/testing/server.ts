import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';

import type { Conversation, StoredMessage } from '@/lib/queries/conversations';

const ISSUER = 'http://localhost:3000/issuer';

const PEOPLE = [
  { id: 'employee', name: 'Ana Ruiz', title: 'Analyst' },
  { id: 'manager', name: 'Ben Okafor', title: 'Manager' },
];

export const server = setupServer(
  http.get('/config.json', () =>
    HttpResponse.json({ build: 'test', apiBaseUrl: '', auth: { kind: 'openid', issuer: ISSUER } }),
  ),
  http.get(`${ISSUER}/.well-known/openid-configuration`, () =>
    HttpResponse.json({
      people_endpoint: `${ISSUER}/people`,
      people_token_endpoint: `${ISSUER}/token`,
    }),
  ),
  http.get(`${ISSUER}/people`, () => HttpResponse.json(PEOPLE)),
  http.post(`${ISSUER}/token`, async ({ request }) => {
    const person = new URLSearchParams(await request.text()).get('person');
    return HttpResponse.json({ access_token: `token of ${person}`, expires_in: 3600 });
  }),
  ...conversationHandlers([]),
);

export function conversationHandlers(
  conversations: readonly Conversation[],
  messages: Readonly<Record<string, readonly StoredMessage[]>> = {},
) {
  return [
    http.get('/api/conversations', ({ request }) => {
      const query = new URL(request.url).searchParams.get('query') ?? '';
      const items = conversations.filter(({ title }) => title?.includes(query));
      return HttpResponse.json({ items, nextCursor: null });
    }),
    http.get<{ id: string }>('/api/conversations/:id', ({ params }) =>
      found(conversations.find(({ id }) => id === params.id)),
    ),
    http.get<{ id: string }>('/api/conversations/:id/messages', ({ params }) =>
      found(messages[params.id]),
    ),
  ];
}

function found(body: object | undefined) {
  if (body) return HttpResponse.json(body);
  const fault = { code: 'conversation_not_found', message: 'Not found.', retryable: false };
  return HttpResponse.json(fault, { status: 404 });
}
