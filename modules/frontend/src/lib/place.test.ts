import { describe, expect, it } from 'vitest';

import { cursorOf, isNews, type Place } from './place';

const at = (gen: number, seq: number): Place => ({ gen, seq });

describe('isNews', () => {
  it.each([
    ['the first event', at(1, 1), null, true],
    ['the next event', at(1, 6), at(1, 5), true],
    ['a held event', at(1, 5), at(1, 5), false],
    ['an event before it', at(1, 4), at(1, 5), false],
    ['a later generation at a held number', at(2, 3), at(1, 5), true],
    ['an earlier generation at a new number', at(1, 6), at(2, 5), false],
  ])('%s', (_, next, held, news) => {
    expect(isNews(next, held)).toBe(news);
  });
});

it('starts at 0', () => {
  expect(cursorOf(null)).toBe('0');
  expect(cursorOf(at(2, 7))).toBe('2-7');
});
