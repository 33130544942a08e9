/** The part of a tree of HTML that is walked here. */
interface Node {
  readonly type: string;
  readonly tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
}

const UNTOUCHED = new Set(['a', 'code', 'pre']);

/**
 * Makes links of names, for rehype: each name leads to where the map says. It runs after everything
 * else was made harmless, so that no text can bring such a link itself.
 */
export function linkRecords(links: ReadonlyMap<string, string>) {
  const pattern = patternOf([...links.keys()]);
  return () => (tree: Node) => {
    if (pattern) walk(tree, pattern, links);
  };
}

function walk(node: Node, pattern: RegExp, links: ReadonlyMap<string, string>): void {
  if (!node.children) return;
  node.children = node.children.flatMap((child) => {
    if (child.type === 'text') return cut(child.value ?? '', pattern, links);
    if (!UNTOUCHED.has(child.tagName ?? '')) walk(child, pattern, links);
    return [child];
  });
}

/** The text with its names as links. A split with one group gives text and name in turn. */
function cut(text: string, pattern: RegExp, links: ReadonlyMap<string, string>): Node[] {
  return text.split(pattern).flatMap((part, index): Node[] => {
    const search = index % 2 === 1 ? links.get(part) : undefined;
    const value: Node = { type: 'text', value: part };
    if (search === undefined) return part === '' ? [] : [value];
    return [
      { type: 'element', tagName: 'a', properties: { dataRecord: search }, children: [value] },
    ];
  });
}

/** Whole words only, and of two names that fit the longer one. */
function patternOf(names: readonly string[]): RegExp | null {
  if (names.length === 0) return null;
  const longestFirst = [...names].sort((one, other) => other.length - one.length);
  const any = longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  return new RegExp(`(?<![\\p{L}\\p{N}])(${any})(?![\\p{L}\\p{N}])`, 'u');
}
