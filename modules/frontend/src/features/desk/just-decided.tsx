import { ProposalCard } from '@/components/proposal/proposal-card';
import type { Proposal } from '@/lib/queries/proposals';

import { usePanelStyles } from './panel-styles';

/** Cards whose record has left the list since. */
export function JustDecided({ proposals }: { readonly proposals: readonly Proposal[] }) {
  const styles = usePanelStyles();
  if (proposals.length === 0) return null;
  return (
    <section aria-label="Just decided">
      <h3 className={styles.group}>Just decided · {proposals.length}</h3>
      <div className={styles.block}>
        {proposals.map((proposal) => (
          <ProposalCard key={proposal.id} proposal={proposal} />
        ))}
      </div>
    </section>
  );
}
