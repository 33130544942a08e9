import type { Conversation, StoredMessage } from '@/lib/queries/conversations';
import type { AccessRequest, Approval, Review, ReviewItem } from '@/lib/queries/desk-shapes';
import type { Proposal } from '@/lib/queries/proposals';

export function conversation(values: Partial<Conversation> = {}): Conversation {
  const now = new Date().toISOString();
  return {
    id: 'c1',
    title: 'Access to SAP',
    createdAt: now,
    updatedAt: now,
    activeRunId: null,
    ...values,
  };
}

export function message(values: Partial<StoredMessage> = {}): StoredMessage {
  return {
    id: 'm1',
    role: 'user',
    content: 'Why SAP?',
    steps: null,
    createdAt: '2026-11-23T09:00:00Z',
    runId: 'r1',
    status: 'complete',
    error: null,
    feedback: null,
    ...values,
  };
}

const ANA = { id: 'me', name: 'Ana Ruiz' };
const BEN = { id: 'ben', name: 'Ben Okafor' };

export function accessRequest(values: Partial<AccessRequest> = {}): AccessRequest {
  return {
    id: 'r1',
    item: { type: 'role', name: 'SAP Finance' },
    kind: 'grant',
    requestedFor: ANA,
    forSomebodyElse: false,
    requester: ANA,
    state: 'waiting_for_approval',
    stage: 'It waits for the approval of Ben Okafor.',
    since: '2026-11-23T09:00:00Z',
    createdAt: '2026-11-23T09:00:00Z',
    reason: 'Quarter close',
    endsAt: null,
    approvals: [],
    errors: [],
    cancelable: true,
    ...values,
  };
}

export function approval(values: Partial<Approval> = {}): Approval {
  return {
    id: 'a1',
    requestId: 'r1',
    item: { type: 'role', id: 'i1', name: 'SAP Finance' },
    description: 'Reads the ledger.',
    kind: 'grant',
    requester: BEN,
    requestedFor: BEN,
    reason: 'Quarter close',
    createdAt: '2026-11-23T09:00:00Z',
    endsAt: null,
    privileged: null,
    conflicts: [],
    signals: ['no_end'],
    risk: 5,
    earlier: [],
    commentRequiredToDeny: true,
    inProgress: false,
    decidable: true,
    whyNot: null,
    ...values,
  };
}

export function review(values: Partial<Review> = {}): Review {
  return {
    id: 'v1',
    name: 'Q4 Review',
    campaign: 'Q4',
    due: '2026-12-04T09:00:00Z',
    signedAt: null,
    decided: 0,
    total: 3,
    people: 2,
    active: true,
    comments: 'none',
    canSignOff: false,
    whyNot: '3 questions are not decided.',
    ...values,
  };
}

export function reviewItem(values: Partial<ReviewItem> = {}): ReviewItem {
  return {
    id: 'q1',
    person: BEN,
    access: { type: 'entitlement', id: 'e1', name: 'SAP Finance' },
    description: null,
    source: 'SAP',
    privileged: null,
    revocable: true,
    daysUsed: null,
    decision: null,
    comment: null,
    signals: [],
    risk: 0,
    recommendation: 'keep',
    summary: null,
    ...values,
  };
}

export function proposal(values: Partial<Proposal> = {}): Proposal {
  return {
    id: 'p1',
    kind: 'decide_approval',
    target: 'approval:a1',
    status: 'pending',
    card: {
      title: 'Approve a request',
      lines: [],
      confirm: 'Approve',
      decline: 'Leave it',
      warning: null,
    },
    outcome: null,
    runId: null,
    createdAt: '2026-01-05T12:00:00Z',
    expiresAt: '2099-01-05T12:30:00Z',
    settledAt: null,
    ...values,
  };
}
