import { describe, expect, it } from 'vitest';

import { dateInputValue, dayOf, daysSince, momentOf, timeOf } from './dates';

const NOW = new Date(2026, 10, 25, 15, 0);

function at(day: number, hour = 9): string {
  return new Date(2026, 10, day, hour).toISOString();
}

describe('dayOf', () => {
  it.each([
    [at(25, 0), 'today'],
    [at(25, 23), 'today'],
    [at(24, 23), 'yesterday'],
    [at(26, 1), 'tomorrow'],
  ])('calls %s by its word', (moment, word) => {
    expect(dayOf(moment, NOW)).toBe(word);
  });

  it('names the weekday when it is near, and the year when it is not', () => {
    const weekday = new Date(2026, 10, 28).toLocaleDateString([], { weekday: 'long' });
    expect(dayOf(at(28), NOW)).toContain(weekday);
    expect(dayOf(at(1), NOW)).toContain('2026');
    expect(dayOf(at(1), NOW)).not.toMatch(/day/i);
  });
});

describe('momentOf', () => {
  it('leaves the day out when it is today', () => {
    expect(momentOf(at(25), NOW)).toBe(timeOf(at(25)));
    expect(momentOf(at(24), NOW)).toBe(`yesterday, ${timeOf(at(24))}`);
  });
});

it('counts days by the calendar', () => {
  expect(daysSince(at(24, 23), NOW)).toBe(1);
  expect(daysSince(at(28, 1), NOW)).toBe(-3);
  expect(dateInputValue(NOW)).toBe('2026-11-25');
});
