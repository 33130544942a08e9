import { ProposalCard } from '@/components/proposal/proposal-card';

import type { Cards } from './use-cards';

interface TargetCardProps {
  readonly cards: Cards;
  readonly target: string;
}

/** The newest card about a record, if there is one. */
export function targetCard({ cards, target }: TargetCardProps) {
  const newest = cards.get(target)?.[0];
  return newest ? <ProposalCard key={newest.id} proposal={newest} /> : null;
}
