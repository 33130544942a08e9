import { describe, expect, it } from 'vitest';

import { recordLinks } from './records';
import { askedRows, gotLine, lineOf, storedSteps } from './steps';

function step(
  name: string,
  result: object,
  values: { isError?: boolean; arguments?: string } = {},
) {
  const [only] = storedSteps([
    {
      id: name,
      name,
      title: `Did ${name}`,
      arguments: '{}',
      result: JSON.stringify(result),
      seconds: 0.42,
      isError: false,
      ...values,
    },
  ]);
  if (!only) throw new Error('There is one.');
  return only;
}

describe('recordLinks', () => {
  it('leads from each name to the panel with its record', () => {
    const links = recordLinks([
      step('list_my_access', { items: [{ id: '1', name: 'SAP Finance' }] }),
      step('list_my_reviews', { items: [{ id: '2', name: 'Q4 Review' }] }),
      step('list_team_member_access', {
        person: { id: 'ben' },
        items: [{ id: '3', name: 'Badge' }],
      }),
    ]);
    expect(Object.fromEntries(links)).toEqual({
      'SAP Finance': '?panel=access&at=1',
      'Q4 Review': '?panel=reviews&review=2',
      Badge: '?panel=team&at=3&person=ben',
    });
  });

  it('leads nowhere from a name that two records have', () => {
    const items = [
      { id: '1', access: { name: 'SAP' } },
      { id: '2', access: { name: 'SAP' } },
    ];
    expect(recordLinks([step('list_review_items', { review: { id: 'r' }, items })]).size).toBe(0);
  });

  it.each([
    {},
    { items: 'none' },
    { items: [null, 7, { id: '1' }] },
    { error: { message: 'No.' } },
  ])('finds nothing in %o', (result) => {
    expect(recordLinks([step('list_my_access', result)]).size).toBe(0);
  });
});

describe('What the assistant did', () => {
  it('is one line, however much it was', () => {
    const steps = [step('a', { items: [] }), step('b', {})];
    expect(lineOf(steps)).toMatch(/^Did a, did b \(0.8 s\)$/);
    expect(lineOf([{ ...step('a', {}), result: null }])).toBe('Did a …');
  });

  it('says what it asked and what it got', () => {
    const asked = step('find', {}, { arguments: '{"query":"fleet","for_person_id":null}' });
    expect(askedRows(asked)).toEqual([{ label: 'query', value: 'fleet' }]);
    expect(gotLine(step('a', { items: [1, 2], total: 9 }))).toBe('2 of 9 records');
    expect(gotLine(step('a', { error: { message: 'SailPoint is away.' } }))).toBe(
      'SailPoint is away.',
    );
  });
});
