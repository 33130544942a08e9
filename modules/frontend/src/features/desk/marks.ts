export interface Mark<D extends string> {
  readonly decision: D;
  readonly comment: string;
}

export type Marks<D extends string> = ReadonlyMap<string, Mark<D>>;

export function readMarks<D extends string>(
  text: string | null,
  decisions: readonly D[],
): Marks<D> {
  try {
    const entries: unknown = JSON.parse(text ?? '[]');
    return new Map(Array.isArray(entries) ? entries.flatMap((e) => entryOf(e, decisions)) : []);
  } catch {
    return new Map();
  }
}

/** In the order of marking, so that the last one can be taken back. Null when there is nothing to keep. */
export function writeMarks(marks: Marks<string>): string | null {
  if (marks.size === 0) return null;
  return JSON.stringify([...marks].map(([id, { decision, comment }]) => [id, decision, comment]));
}

/** The mark as the latest; null takes it away. */
export function withMark<D extends string>(
  marks: Marks<D>,
  id: string,
  mark: Mark<D> | null,
): Marks<D> {
  const changed = new Map(marks);
  const before = changed.get(id);
  if (before?.decision !== mark?.decision) changed.delete(id);
  if (mark) changed.set(id, mark);
  return changed;
}

function entryOf<D extends string>(entry: unknown, decisions: readonly D[]): [string, Mark<D>][] {
  if (!Array.isArray(entry)) return [];
  const [id, word, comment] = entry as unknown[];
  const decision = decisions.find((known) => known === word);
  if (typeof id !== 'string' || !decision) return [];
  return [[id, { decision, comment: typeof comment === 'string' ? comment : '' }]];
}
