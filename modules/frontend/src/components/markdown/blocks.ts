const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const CONTINUES = /^(\s+\S|[-*+] |\d{1,9}[.)] |>)/;

/**
 * Cuts Markdown where a blank line certainly ends a block, so that a growing text renders only its last block again.
 * Lists, quotes and fences stay whole.
 */
export function markdownBlocks(text: string): readonly string[] {
  const blocks: string[] = [];
  let block: string[] = [];
  let fence: string | null = null;
  for (const line of text.split('\n')) {
    if (!fence && startsBlock(block, line)) {
      blocks.push(block.join('\n'));
      block = [];
    }
    block.push(line);
    fence = fenceAfter(fence, line);
  }
  return [...blocks, block.join('\n')].filter((part) => part.trim() !== '');
}

function startsBlock(block: readonly string[], line: string): boolean {
  return block.at(-1)?.trim() === '' && line.trim() !== '' && !CONTINUES.test(line);
}

function fenceAfter(open: string | null, line: string): string | null {
  const mark = FENCE.exec(line)?.[1];
  if (!mark) return open;
  if (!open) return mark;
  const closes = mark.startsWith(open) && line.trim() === mark;
  return closes ? null : open;
}
