import { describe, expect, it } from 'vitest';

import { markdownBlocks } from './blocks';

describe('markdownBlocks', () => {
  it.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['one paragraph', 'a\nb', ['a\nb']],
    ['two paragraphs', 'a\n\nb', ['a\n', 'b']],
    ['a loose list', '1. a\n\n2. b\n\n   c', ['1. a\n\n2. b\n\n   c']],
    ['a quote in two parts', '> a\n\n> b', ['> a\n\n> b']],
    ['code with blank lines', '```\na\n\nb\n```\n\nc', ['```\na\n\nb\n```\n', 'c']],
    ['a longer fence around a shorter', '````\n```\n\n```\n````', ['````\n```\n\n```\n````']],
    ['code that has not ended', 'a\n\n```\nb\n\nc', ['a\n', '```\nb\n\nc']],
  ])('cuts %s', (_, text, blocks) => {
    expect(markdownBlocks(text)).toEqual(blocks);
  });
});
