import { Button, Spinner, Text, makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, useRef } from 'react';

import { ProposalCard } from '@/components/proposal/proposal-card';
import { Problem } from '@/components/problem';
import { isWaiting, type Proposal } from '@/lib/queries/proposals';

import { usePanelStyles } from './panel-styles';
import { useSendAll, type Sending } from './use-send-all';
import { countOf } from './words';

const useStyles = makeStyles({
  root: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalM,
    padding: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorNeutralBackground2,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
  },
  progress: { display: 'flex', columnGap: tokens.spacingHorizontalS, alignItems: 'center' },
  heading: { margin: 0 },
});

interface SendAllProps {
  readonly label: string;
  readonly proposals: readonly Proposal[];
  /** Which of those that wait may go together; others want a click of their own. */
  readonly together: (proposal: Proposal) => boolean;
  /** Says why the others do not. */
  readonly apart?: string;
  readonly withCards: boolean;
  /** Grows whenever the reader has cards made: then that is where they go on. */
  readonly made: number;
}

/** Cards that wait together: each can be decided alone, and an enumerated few with one click. */
export function SendAll(props: SendAllProps) {
  const { label, proposals, together, apart, withCards, made } = props;
  const styles = useStyles();
  const panel = usePanelStyles();
  const { sending, sendAll } = useSendAll();
  const root = useRef<HTMLElement>(null);
  const waiting = proposals.filter((proposal) => isWaiting(proposal));
  const some = waiting.filter(together);
  useEffect(() => {
    // No button has the focus by itself.
    if (made > 0) root.current?.focus();
  }, [made]);
  if (proposals.length === 0) return null;
  return (
    <section ref={root} tabIndex={-1} className={styles.root} aria-label={label}>
      {waiting.length > (withCards ? 1 : 0) && (
        <Text weight="semibold">
          {countOf(waiting.length, 'card waits', 'cards wait')} for you.
        </Text>
      )}
      {withCards &&
        proposals.map((proposal) => <ProposalCard key={proposal.id} proposal={proposal} />)}
      <Progress sending={sending} />
      {some.length > 1 && (
        <div className={panel.buttons}>
          <Button disabledFocusable={sending?.busy === true} onClick={() => void sendAll(some)}>
            Confirm all {some.length}
          </Button>
        </div>
      )}
      {apart && some.length < waiting.length && <Text size={200}>{apart}</Text>}
    </section>
  );
}

function Progress({ sending }: { readonly sending: Sending | null }) {
  const styles = useStyles();
  if (sending?.problem) {
    return (
      <Problem what={sending.problem} still="The others were not sent. You can send them now." />
    );
  }
  if (!sending?.busy) return null;
  return (
    <div className={styles.progress} role="status">
      <Spinner size="extra-tiny" aria-hidden />
      <Text>
        Sending {sending.sent + 1} of {sending.of}. SailPoint takes one after the other.
      </Text>
    </div>
  );
}
