import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';

import type { Conversation, StoredMessage } from '@/lib/queries/conversations';
import type {
  AccessRequest,
  Approval,
  HeldAccess,
  ReviewItems,
  TeamMember,
} from '@/lib/queries/desk-shapes';
import type { Proposal } from '@/lib/queries/proposals';

const ISSUER = 'http://localhost:3000/issuer';

const AS_OF = '2026-11-25T09:00:00Z';

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
  http.get('/api/me', () =>
    HttpResponse.json({ id: 'me', name: 'Ana Ruiz', email: 'ana.ruiz@example.com', roles: [] }),
  ),
  ...conversationHandlers([]),
  ...deskHandlers(),
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

interface DeskRecords {
  readonly access?: HeldAccess;
  readonly requests?: readonly AccessRequest[];
  readonly approvals?: readonly Approval[];
  readonly reviews?: readonly ReviewItems[];
  readonly team?: readonly TeamMember[];
  readonly proposals?: readonly Proposal[];
}

/** A tenant in which nobody has anything, but for what is given. */
export function deskHandlers(records: DeskRecords = {}) {
  const nobody = { person: { id: 'me', name: 'Ana Ruiz' }, items: [], asOf: AS_OF };
  const lists = {
    requests: records.requests,
    approvals: records.approvals,
    certifications: records.reviews?.map(({ review }) => review),
    team: records.team,
  };
  return [
    http.get('/api/access', () => HttpResponse.json(records.access ?? nobody)),
    http.get('/api/requestable', () => HttpResponse.json({ items: [], nextCursor: null })),
    ...Object.entries(lists).map(([name, items]) =>
      http.get(`/api/${name}`, () => HttpResponse.json({ items: items ?? [], asOf: AS_OF })),
    ),
    http.get<{ id: string }>('/api/certifications/:id/items', ({ params }) =>
      found(records.reviews?.find(({ review }) => review.id === params.id)),
    ),
    http.post('/api/certifications/:id/summaries', () => new HttpResponse(null, { status: 202 })),
    http.get('/api/proposals', () => HttpResponse.json(records.proposals ?? [])),
    http.get('/api/sailpoint/connection', () => found(undefined)),
  ];
}

/** A server that prepares whatever it is asked to; what that was is in the answer. */
export function preparing(made: (count: number) => Proposal) {
  const bodies: { readonly kind: string; readonly arguments: Readonly<Record<string, unknown>> }[] =
    [];
  const proposals: Proposal[] = [];
  server.use(
    http.get('/api/proposals', () => HttpResponse.json(proposals)),
    http.post('/api/proposals', async ({ request }) => {
      bodies.push((await request.json()) as (typeof bodies)[number]);
      const proposal = made(bodies.length);
      proposals.unshift(proposal);
      return HttpResponse.json(proposal, { status: 201 });
    }),
  );
  return bodies;
}

function found(body: object | undefined) {
  if (body) return HttpResponse.json(body);
  const fault = { code: 'conversation_not_found', message: 'Not found.', retryable: false };
  return HttpResponse.json(fault, { status: 404 });
}
