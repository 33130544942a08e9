import { Button, Text } from '@fluentui/react-components';

import { ProposalCard } from '@/components/proposal/proposal-card';
import { Problem } from '@/components/problem';
import type { Review } from '@/lib/queries/desk-shapes';
import type { Proposal } from '@/lib/queries/proposals';

import { usePanelStyles } from './panel-styles';
import { usePrepare } from './use-cards';

interface SignOffProps {
  readonly review: Review;
  readonly left: number;
  readonly cards: readonly Proposal[];
}

/** The last step, its own and for good. */
export function SignOff({ review, left, cards }: SignOffProps) {
  const styles = usePanelStyles();
  const prepare = usePrepare();
  const card = cards.find(({ kind }) => kind === 'sign_off');
  if (!review.active && !card) return null;
  const sign = () => prepare.mutate({ kind: 'sign_off', args: { review_id: review.id } });
  return (
    <section aria-label="Sign-off">
      <h3 className={styles.group}>Sign-off</h3>
      <div className={styles.block}>
        {review.canSignOff && left === 0 && !card && (
          <>
            <Text>
              Everything is decided. Signing off closes the review for good; what is revoked is then
              taken away.
            </Text>
            <div className={styles.buttons}>
              <Button disabledFocusable={prepare.isPending} onClick={sign}>
                Prepare the sign-off
              </Button>
            </div>
          </>
        )}
        {!review.canSignOff && review.active && <Text>{review.whyNot}</Text>}
        {prepare.isError && <Problem what={prepare.error.message} still="Nothing was signed." />}
        {card && <ProposalCard proposal={card} />}
      </div>
    </section>
  );
}
