import { ProposalCard } from '@/components/proposal/proposal-card';
import type { Proposal } from '@/lib/queries/proposals';

import { usePanelStyles } from './panel-styles';

interface CardsAloneProps {
  readonly name: string;
  readonly cards: readonly Proposal[];
}

/** Cards without a row that they belong to. */
export function CardsAlone({ name, cards }: CardsAloneProps) {
  const styles = usePanelStyles();
  return cards.length === 0 ? null : (
    <section className={styles.block} aria-label={name}>
      {cards.map((proposal) => (
        <ProposalCard key={proposal.id} proposal={proposal} />
      ))}
    </section>
  );
}
