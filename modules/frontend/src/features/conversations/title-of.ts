import type { Conversation } from '@/lib/queries/conversations';

export function titleOf(conversation: Pick<Conversation, 'title'> | undefined): string {
  return conversation?.title ?? 'New chat';
}
