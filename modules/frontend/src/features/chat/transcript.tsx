import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowDownRegular } from '@fluentui/react-icons';
import { Fragment, useMemo } from 'react';

import { ProposalCard } from '@/components/proposal/proposal-card';
import type { Proposal } from '@/lib/queries/proposals';

import { Answer } from './answer';
import type { ConversationRun } from './conversation-run';
import { Question } from './question';
import { useRunStore } from './run-store-context';
import type { Entry } from './transcript-model';
import { useStickToEnd } from './use-stick-to-end';

const useStyles = makeStyles({
  frame: { position: 'relative', flexGrow: 1, minHeight: 0 },
  scroller: { height: '100%', overflowY: 'auto', scrollbarGutter: 'stable both-edges' },
  content: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalXXL,
    boxSizing: 'border-box',
    maxWidth: '768px',
    marginInline: 'auto',
    padding: `${tokens.spacingVerticalXXL} ${tokens.spacingHorizontalL}`,
  },
  newText: {
    position: 'absolute',
    insetBlockEnd: tokens.spacingVerticalM,
    insetInlineStart: '50%',
    transform: 'translateX(-50%)',
    boxShadow: tokens.shadow8,
  },
});

interface TranscriptProps {
  readonly conversationId: string;
  readonly entries: readonly Entry[];
  readonly run: ConversationRun | undefined;
  readonly busy: boolean;
  readonly proposals: readonly Proposal[];
}

export function Transcript({ conversationId, entries, run, busy, proposals }: TranscriptProps) {
  const styles = useStyles();
  const store = useRunStore();
  const length = entries.reduce((sum, { text }) => sum + text.length, 0);
  const { scroller, content, newBelow, onScroll, scrollToEnd } = useStickToEnd(length, run?.runId);
  const actions = useMemo(
    () => ({
      onEdit: (id: string, text: string) => store.edit(conversationId, id, text),
      onRegenerate: (id: string) => store.regenerate(conversationId, id),
      onSendAgain: () => store.sendAgain(conversationId),
    }),
    [store, conversationId],
  );
  return (
    <div className={styles.frame}>
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={onScroll}
        role="log"
        aria-label="Conversation"
        aria-live="off"
        // eslint-disable-next-line jsx-a11y-x/no-noninteractive-tabindex -- the keyboard scrolls it
        tabIndex={0}
      >
        <div ref={content} className={styles.content}>
          {entries.map((entry) =>
            entry.role === 'user' ? (
              <Question key={entry.id} entry={entry} busy={busy} onEdit={actions.onEdit} />
            ) : (
              <Fragment key={entry.id}>
                <Answer
                  conversationId={conversationId}
                  entry={entry}
                  busy={busy}
                  onRegenerate={actions.onRegenerate}
                  onSendAgain={actions.onSendAgain}
                />
                {proposals
                  .filter(({ runId }) => runId !== null && runId === entry.runId)
                  .map((proposal) => (
                    <ProposalCard key={proposal.id} proposal={proposal} />
                  ))}
              </Fragment>
            ),
          )}
        </div>
      </div>
      {newBelow && (
        <Button
          className={styles.newText}
          shape="circular"
          icon={<ArrowDownRegular />}
          onClick={scrollToEnd}
        >
          New text below
        </Button>
      )}
    </div>
  );
}
