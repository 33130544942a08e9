import { Caption1, makeStyles, tokens } from '@fluentui/react-components';
import { memo, useMemo } from 'react';

import { Markdown } from '@/components/markdown/markdown';
import { Problem } from '@/components/problem';

import { AnswerActions } from './answer-actions';
import { AnswerProgress } from './answer-progress';
import { Feedback } from './feedback';
import { recordLinks } from './records';
import { StepLine } from './step-line';
import type { Entry } from './transcript-model';

const useStyles = makeStyles({
  root: {
    minWidth: 0,
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalS,
  },
  note: { color: tokens.colorNeutralForeground3 },
});

interface AnswerProps {
  readonly conversationId: string;
  readonly entry: Entry;
  /** An answer is on its way, so nothing can be asked again now. */
  readonly busy: boolean;
  readonly onRegenerate: (answerId: string) => void;
  readonly onSendAgain: () => void;
}

export const Answer = memo(function Answer(props: AnswerProps) {
  const { conversationId, entry, busy, onRegenerate, onSendAgain } = props;
  const { id, text, steps, status } = entry;
  const links = useMemo(() => recordLinks(steps), [steps]);
  const styles = useStyles();
  const again = status === 'refused' ? onSendAgain : () => onRegenerate(id);
  return (
    <article className={styles.root} aria-label="Answer" data-status={status}>
      {entry.continued && (
        <Caption1 className={styles.note}>Continued after an interruption</Caption1>
      )}
      <StepLine steps={steps} />
      {text !== '' && <Markdown text={text} links={links} />}
      <AnswerProgress status={status} textLength={text.length} placeInLine={entry.placeInLine} />
      <AnswerEnd conversationId={conversationId} entry={entry} onAgain={busy ? null : again} />
    </article>
  );
});

interface AnswerEndProps {
  readonly conversationId: string;
  readonly entry: Entry;
  readonly onAgain: (() => void) | null;
}

function AnswerEnd({ conversationId, entry, onAgain }: AnswerEndProps) {
  const { id, text, status, fault, feedback } = entry;
  if (status === 'complete' || status === 'stopped') {
    return (
      <AnswerActions text={text} stopped={status === 'stopped'} onRegenerate={onAgain}>
        <Feedback conversationId={conversationId} answerId={id} stored={feedback} />
      </AnswerActions>
    );
  }
  if (status !== 'failed' && status !== 'refused') return null;
  return (
    <Problem
      what={fault?.message ?? 'The answer could not be finished.'}
      still="Your question is kept."
      {...(onAgain && { onRetry: onAgain })}
    />
  );
}
