import { deskSearch, type DeskPlace } from '@/lib/desk-place';

import { isRecord, parsed, type Step } from './steps';

/** Where the panel shows what is called so. */
export type RecordLinks = ReadonlyMap<string, string>;

const NONE: RecordLinks = new Map();
const MIN_NAME = 3;

type Finder = (
  item: Readonly<Record<string, unknown>>,
  data: Readonly<Record<string, unknown>>,
) => readonly [name: unknown, place: DeskPlace][];

const FINDERS: Readonly<Record<string, Finder>> = {
  list_my_access: (item) => [[item['name'], { panel: 'access', at: idOf(item) }]],
  list_team_member_access: (item, data) => [
    [item['name'], { panel: 'team', person: idOf(data['person']), at: idOf(item) }],
  ],
  find_requestable: (item) => [
    [item['name'], { panel: 'request', at: idOf(item), find: textOf(item['name']) }],
  ],
  list_my_requests: (item) => [[nameIn(item['item']), { panel: 'requests', at: idOf(item) }]],
  list_my_approvals: (item) => [[nameIn(item['item']), { panel: 'approvals', at: idOf(item) }]],
  list_my_reviews: (item) => [[item['name'], { panel: 'reviews', review: idOf(item) }]],
  list_review_items: (item, data) => [
    [nameIn(item['access']), { panel: 'reviews', review: idOf(data['review']), at: idOf(item) }],
  ],
  list_my_team: (item) => [[item['name'], { panel: 'team', person: idOf(item) }]],
};

/** The names that the results of an answer hold, each with its record. Of two with one name, none. */
export function recordLinks(steps: readonly Step[]): RecordLinks {
  if (steps.length === 0) return NONE;
  const links = new Map<string, string | null>();
  for (const [name, place] of steps.flatMap(placesIn)) {
    const search = deskSearch(place);
    const known = links.get(name);
    links.set(name, known === undefined || known === search ? search : null);
  }
  return new Map([...links].filter((entry): entry is [string, string] => entry[1] !== null));
}

function placesIn({ name, result }: Step): [string, DeskPlace][] {
  const data = parsed(result?.text ?? '');
  const finder = FINDERS[name];
  if (!finder || !isRecord(data) || !Array.isArray(data['items'])) return [];
  return data['items'].filter(isRecord).flatMap((item) =>
    finder(item, data).flatMap(([found, place]): [string, DeskPlace][] => {
      const called = textOf(found).trim();
      return called.length < MIN_NAME ? [] : [[called, place]];
    }),
  );
}

function idOf(record: unknown): string {
  return isRecord(record) ? textOf(record['id']) : '';
}

function nameIn(record: unknown): unknown {
  return isRecord(record) ? record['name'] : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
