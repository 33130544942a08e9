import type { StoredStep } from '@/lib/queries/conversations';

/** One thing that the assistant did on its way to an answer; without a result it is under way. */
export interface Step {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** JSON, as the two below. */
  readonly arguments: string;
  readonly result: {
    readonly text: string;
    readonly seconds: number;
    readonly isError: boolean;
  } | null;
}

export const NO_STEPS: readonly Step[] = [];

export function storedSteps(stored: readonly StoredStep[] | null | undefined): readonly Step[] {
  if (!stored || stored.length === 0) return NO_STEPS;
  return stored.map(({ id, name, title, arguments: given, result, seconds, isError }) => ({
    id,
    name,
    title,
    arguments: given,
    result: { text: result, seconds, isError },
  }));
}

/** All of them in one line. */
export function lineOf(steps: readonly Step[]): string {
  const titles = [...new Set(steps.map(({ title }) => title))];
  const seconds = steps.reduce((sum, { result }) => sum + (result?.seconds ?? 0), 0);
  const failed = steps.some(({ result }) => result?.isError);
  const [first = '', ...rest] = titles;
  const line = [first, ...rest.map(lowerFirst)].join(', ');
  if (steps.some(({ result }) => result === null)) return `${line} …`;
  return `${line} (${secondsOf(seconds)}${failed ? ', not all of it worked' : ''})`;
}

export function secondsOf(seconds: number): string {
  const text = seconds.toLocaleString([], { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return `${text} s`;
}

interface Row {
  readonly label: string;
  readonly value: string;
}

/** What a call asked, as labels with values. */
export function askedRows({ arguments: text }: Step): readonly Row[] {
  const given = parsed(text);
  if (!isRecord(given)) return [];
  return Object.entries(given)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => ({ label: name.replaceAll('_', ' '), value: textOf(value) }));
}

/** What a call brought, in a few words; the rest is in its text. */
export function gotLine({ result }: Step): string {
  if (!result) return 'under way';
  const data = parsed(result.text);
  if (!isRecord(data)) return 'an answer';
  if (isRecord(data['error'])) return textOf(data['error']['message'] ?? 'It did not work.');
  if (typeof data['card'] === 'string') return 'a card for you to decide on';
  if (!Array.isArray(data['items'])) return 'an answer';
  const shown = data['items'].length;
  const total = typeof data['total'] === 'number' ? data['total'] : shown;
  if (total > shown) return `${shown} of ${total} records`;
  return shown === 1 ? '1 record' : `${shown} records`;
}

/** The text of a result, laid out to be read. */
export function readable(text: string): string {
  const data = parsed(text);
  return data === undefined ? text : JSON.stringify(data, null, 2);
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
