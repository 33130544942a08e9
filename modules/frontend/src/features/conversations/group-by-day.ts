import type { Conversation } from '@/lib/queries/conversations';

export interface ConversationGroup {
  readonly label: string;
  readonly conversations: readonly Conversation[];
}

const DAY_MS = 24 * 60 * 60_000;

/** Newest first in, newest first out; days are those of the reader's clock. */
export function groupByDay(
  conversations: readonly Conversation[],
  now: Date = new Date(),
): readonly ConversationGroup[] {
  const groups = new Map<string, Conversation[]>();
  for (const conversation of conversations) {
    const label = labelOf(new Date(conversation.updatedAt), now);
    groups.set(label, [...(groups.get(label) ?? []), conversation]);
  }
  return Array.from(groups, ([label, members]) => ({ label, conversations: members }));
}

function labelOf(date: Date, now: Date): string {
  const days = daysBetween(date, now);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days < 7) return 'Last 7 days';
  if (days < 30) return 'Last 30 days';
  return date.toLocaleDateString(undefined, { month: 'long', year: 'numeric' });
}

/** Rounded, because a day on which the clocks change has 23 or 25 hours. */
function daysBetween(date: Date, now: Date): number {
  return Math.round((startOfDay(now) - startOfDay(date)) / DAY_MS);
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
