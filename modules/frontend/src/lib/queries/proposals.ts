import { queryOptions } from '@tanstack/react-query';

import type { ApiClient } from '@/lib/api-client';

export type ProposalStatus =
  'pending' | 'confirmed' | 'sending' | 'done' | 'refused' | 'unknown' | 'declined' | 'expired';

export type Decision = 'confirm' | 'decline' | 'send_again';

export type ProposalKind =
  | 'request_access'
  | 'revoke_access'
  | 'cancel_request'
  | 'decide_approval'
  | 'decide_review'
  | 'sign_off';

/** A change that waits for its person's word, or what became of it. */
export interface Proposal {
  readonly id: string;
  readonly kind: string;
  /** What is changed, such as `approval:ID`. */
  readonly target: string;
  readonly status: ProposalStatus;
  readonly card: {
    readonly title: string;
    readonly lines: readonly { readonly label: string; readonly value: string }[];
    readonly confirm: string;
    readonly decline: string;
    readonly warning: string | null;
  };
  readonly outcome: {
    readonly words?: string;
    readonly ids?: Readonly<Record<string, string>>;
    readonly isOurs?: boolean;
    readonly asOf?: string;
    readonly isAbsent?: boolean;
  } | null;
  /** Its place among what waits for SailPoint to be back, from 1. */
  readonly queuePosition?: number | null;
  readonly runId: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly settledAt: string | null;
}

const UNDER_WAY_MS = 2_000;
const LOOKED_UP_MS = 10_000;

export const proposalKeys = {
  all: ['proposals'] as const,
  latest: ['proposals', 'latest'] as const,
  conversation: (id: string) => ['proposals', 'conversation', id] as const,
};

export function proposalsQuery(api: ApiClient, conversationId: string) {
  return queryOptions({
    queryKey: proposalKeys.conversation(conversationId),
    queryFn: ({ signal }) =>
      api.json<readonly Proposal[]>(`/api/proposals?conversationId=${conversationId}`, { signal }),
    refetchInterval: ({ state }) => intervalFor(state.data),
  });
}

/** The reader's newest, newest first: those of the chat and those of the panels. */
export function latestProposalsQuery(api: ApiClient) {
  return queryOptions({
    queryKey: proposalKeys.latest,
    queryFn: ({ signal }) => api.json<readonly Proposal[]>('/api/proposals', { signal }),
    refetchInterval: ({ state }) => intervalFor(state.data),
  });
}

export function prepare(
  api: ApiClient,
  kind: ProposalKind,
  args: Readonly<Record<string, unknown>>,
): Promise<Proposal> {
  const body = JSON.stringify({ kind, arguments: args });
  return api.json<Proposal>('/api/proposals', { method: 'POST', body });
}

export function proposalPath(id: string): string {
  return `/api/proposals/${encodeURIComponent(id)}`;
}

export function decide(api: ApiClient, id: string, decision: Decision): Promise<Proposal> {
  return api.json<Proposal>(`${proposalPath(id)}/decision`, {
    method: 'POST',
    body: JSON.stringify({ decision }),
  });
}

export function isUnderWay({ status }: Pick<Proposal, 'status'>): boolean {
  return status === 'confirmed' || status === 'sending';
}

/** Whether SailPoint has told what became of it, or it never got that far. */
export function isSettled({ status }: Pick<Proposal, 'status'>): boolean {
  return status !== 'pending' && status !== 'unknown' && !isUnderWay({ status });
}

export function isWaiting({ status, expiresAt }: Proposal, now = Date.now()): boolean {
  return status === 'pending' && Date.parse(expiresAt) > now;
}

/** Notices say what changed; this is for when they do not get through. */
function intervalFor(known: readonly Proposal[] | undefined): number | false {
  if (known?.some(isUnderWay)) return UNDER_WAY_MS;
  return known?.some(({ status, settledAt }) => status === 'unknown' && !settledAt)
    ? LOOKED_UP_MS
    : false;
}
