import { makeStyles, tokens, typographyStyles } from '@fluentui/react-components';

import { Quote } from '@/components/quote';
import { momentOf } from '@/lib/dates';
import type { ApprovalStep } from '@/lib/queries/desk-shapes';

const useStyles = makeStyles({
  list: {
    display: 'grid',
    rowGap: tokens.spacingVerticalS,
    margin: 0,
    padding: 0,
    listStyleType: 'none',
  },
  when: { ...typographyStyles.caption1, color: tokens.colorNeutralForeground3 },
});

const WORDS: Readonly<Record<string, string>> = {
  pending: 'has it on their desk',
  approved: 'approved',
  rejected: 'denied',
  expired: 'did not decide in time',
  cancelled: 'does not need to decide any more',
  commented: 'wrote',
  forwarded: 'passed it on',
};

/** On whose desk it lay, one after the other. */
export function Stages({ steps }: { readonly steps: readonly ApprovalStep[] }) {
  const styles = useStyles();
  if (steps.length === 0) return null;
  return (
    <ol className={styles.list} aria-label="Approvals">
      {steps.map((step, index) => (
        // SailPoint gives a step no id, and its steps keep their order.
        <li key={index}>
          <bdi>{step.owner ?? 'Somebody unnamed'}</bdi>{' '}
          {WORDS[step.status] ?? step.status.replaceAll('_', ' ')}{' '}
          {step.since && (
            <span className={styles.when}>
              {step.status === 'pending' ? 'since ' : ''}
              {momentOf(step.since)}
            </span>
          )}
          {step.comment && <Quote text={step.comment} />}
        </li>
      ))}
    </ol>
  );
}
