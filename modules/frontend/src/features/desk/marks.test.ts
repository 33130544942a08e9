import { describe, expect, it } from 'vitest';

import { readMarks, withMark, writeMarks, type Marks } from './marks';

const BOTH = ['keep', 'revoke'] as const;

function marks(...entries: [string, 'keep' | 'revoke'][]): Marks<'keep' | 'revoke'> {
  return new Map(entries.map(([id, decision]) => [id, { decision, comment: '' }]));
}

describe('marks', () => {
  it('are the same after a reload, in their order', () => {
    const marked = withMark(marks(['b', 'keep'], ['a', 'revoke']), 'c', {
      decision: 'revoke',
      comment: 'left',
    });
    expect([...readMarks(writeMarks(marked), BOTH)]).toEqual([...marked]);
  });

  it('put the latest last', () => {
    const marked = withMark(marks(['a', 'keep'], ['b', 'keep']), 'a', {
      decision: 'revoke',
      comment: '',
    });
    expect([...marked.keys()]).toEqual(['b', 'a']);
    expect([...withMark(marked, 'a', null).keys()]).toEqual(['b']);
  });

  it('keep their place while a comment is written', () => {
    const marked = withMark(marks(['a', 'keep'], ['b', 'keep']), 'a', {
      decision: 'keep',
      comment: 'why',
    });
    expect([...marked.keys()]).toEqual(['a', 'b']);
  });

  it.each([null, '', 'nonsense', '{}', '[1,["a"],["b","perhaps",""]]'])(
    'are none in %s',
    (text) => {
      expect(readMarks(text, BOTH).size).toBe(0);
    },
  );

  it('leave nothing behind when there are none', () => {
    expect(writeMarks(marks())).toBeNull();
  });
});
