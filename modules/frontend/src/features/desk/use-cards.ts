import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';

import { deskKeys } from '@/lib/queries/desk';
import {
  isSettled,
  isUnderWay,
  isWaiting,
  latestProposalsQuery,
  prepare,
  proposalKeys,
  type Proposal,
  type ProposalKind,
} from '@/lib/queries/proposals';
import { useServices } from '@/lib/services';

/** For how long a panel says what became of a change. */
const NEWS_MS = 10 * 60_000;
/** SailPoint's own lists lag behind what it took. */
const LAG_MS = 4_000;

const NONE: readonly Proposal[] = [];

export type Cards = ReadonlyMap<string, readonly Proposal[]>;

/** The cards that a panel shows, by what they change, newest first. */
export function useCards(): Cards {
  const { api } = useServices();
  const { data = NONE } = useQuery(latestProposalsQuery(api));
  useFreshLists(data);
  return useMemo(() => byTarget(data.filter((proposal) => isShown(proposal))), [data]);
}

export interface Wanted {
  readonly kind: ProposalKind;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Has a card made. Nothing is sent before the reader confirms it. */
export function usePrepare() {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, args }: Wanted) => prepare(api, kind, args),
    onSuccess: (made) => {
      queries.setQueryData<readonly Proposal[]>(proposalKeys.latest, (known) => [
        made,
        ...(known ?? NONE),
      ]);
      // What is being read now may not know the new card yet: that is let go, and read again.
      void queries.invalidateQueries({ queryKey: proposalKeys.latest });
    },
  });
}

/** The newest card of each target that no row shows, since what it is about is not listed (any more). */
export function cardsElsewhere(
  cards: Cards,
  kind: ProposalKind,
  isElsewhere: (target: string) => boolean,
): readonly Proposal[] {
  return [...cards.values()].flatMap(([newest]) =>
    newest?.kind === kind && isElsewhere(newest.target) ? [newest] : [],
  );
}

export function isShown(proposal: Proposal, now = Date.now()): boolean {
  const { status, settledAt } = proposal;
  if (status === 'declined' || status === 'expired') return false;
  if (status === 'pending') return isWaiting(proposal, now);
  if (isUnderWay(proposal) || settledAt === null) return true;
  return now - Date.parse(settledAt) < NEWS_MS;
}

function byTarget(proposals: readonly Proposal[]): Cards {
  const cards = new Map<string, Proposal[]>();
  for (const proposal of proposals) {
    cards.set(proposal.target, [...(cards.get(proposal.target) ?? []), proposal]);
  }
  return cards;
}

/** Whatever came out changes what SailPoint lists. */
function useFreshLists(proposals: readonly Proposal[]): void {
  const queries = useQueryClient();
  const settled = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    const now = new Set(proposals.filter(isSettled).map(({ id }) => id));
    const before = settled.current;
    if (proposals.length > 0) settled.current = now;
    if (!before || [...now].every((id) => before.has(id))) return;
    const readAgain = () => void queries.invalidateQueries({ queryKey: deskKeys.all });
    readAgain();
    setTimeout(readAgain, LAG_MS);
  }, [queries, proposals]);
}
