import type { Conversation, StoredMessage } from '@/lib/queries/conversations';

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
    createdAt: '2026-11-23T09:00:00Z',
    runId: 'r1',
    status: 'complete',
    error: null,
    ...values,
  };
}
