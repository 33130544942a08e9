import { expect, it } from 'vitest';

import { deskSearch, readDeskPlace } from './desk-place';

it('finds the place again in the address', () => {
  const search = deskSearch({ panel: 'reviews', review: 'r 1', at: 'i&1' });
  expect(search).toBe('?panel=reviews&at=i%261&review=r+1');
  expect(readDeskPlace(search)).toMatchObject({ panel: 'reviews', review: 'r 1', at: 'i&1' });
});

it.each(['', '?panel=', '?panel=elsewhere', '?at=1'])('finds no place in “%s”', (search) => {
  expect(readDeskPlace(search)).toBeNull();
});
