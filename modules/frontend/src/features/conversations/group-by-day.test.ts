import { describe, expect, it } from 'vitest';

import { conversation } from '@/testing/fixtures';

import { groupByDay } from './group-by-day';

const NOW = new Date(2026, 10, 23, 9, 30);

describe('groupByDay', () => {
  it.each([
    ['a minute ago', new Date(2026, 10, 23, 9, 29), 'Today'],
    ['just after midnight', new Date(2026, 10, 23, 0, 1), 'Today'],
    ['just before midnight', new Date(2026, 10, 22, 23, 59), 'Yesterday'],
    ['six days ago', new Date(2026, 10, 17, 23, 59), 'Last 7 days'],
    ['seven days ago', new Date(2026, 10, 16, 0, 0), 'Last 30 days'],
    ['a clock ahead of this one', new Date(2026, 10, 24, 1, 0), 'Today'],
  ])('%s', (_, updated, label) => {
    const groups = groupByDay([conversation({ updatedAt: updated.toISOString() })], NOW);
    expect(groups.map((group) => group.label)).toEqual([label]);
  });

  it('keeps the order inside a group', () => {
    const updatedAt = NOW.toISOString();
    const [group] = groupByDay(
      [conversation({ id: 'a', updatedAt }), conversation({ id: 'b', updatedAt })],
      NOW,
    );
    expect(group?.conversations.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('names older months', () => {
    const [group] = groupByDay([conversation({ updatedAt: '2025-03-10T12:00:00Z' })], NOW);
    expect(group?.label).toContain('2025');
  });
});
