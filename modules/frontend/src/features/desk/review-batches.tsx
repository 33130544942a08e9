import { Button, Field, Text, Textarea } from '@fluentui/react-components';
import { useState } from 'react';

import { Problem } from '@/components/problem';
import type { Review, ReviewItem } from '@/lib/queries/desk-shapes';
import type { Proposal } from '@/lib/queries/proposals';
import { useShortcut } from '@/lib/use-shortcut';

import {
  DECISIONS,
  batchesOf,
  markedAs,
  needsComment,
  type ReviewDecision,
  type ReviewMark,
  type ReviewMarks,
} from './review-items';
import { SendAll } from './send-all';
import { TriageBar } from './triage-bar';
import { usePrepare } from './use-cards';
import { countOf } from './words';

interface ReviewCardsProps {
  readonly cards: readonly Proposal[];
  readonly made: number;
}

/** The batches that wait for the reader's word, or were just sent. */
export function ReviewCards({ cards, made }: ReviewCardsProps) {
  return (
    <SendAll
      label="Decisions that wait for you"
      // The oldest first: so they were cut, and so they are sent.
      proposals={cards.filter(({ kind }) => kind === 'decide_review').reverse()}
      together={() => true}
      withCards
      made={made}
    />
  );
}

interface ReviewBatchesProps {
  readonly review: Review;
  readonly items: readonly ReviewItem[];
  readonly marks: ReviewMarks;
  readonly onMarkAll: (ids: readonly string[], mark: ReviewMark) => void;
  readonly onUndo: () => void;
  readonly onMade: () => void;
}

/** From marks to cards: what is marked goes to SailPoint in batches, each on a card of its own. */
export function ReviewBatches(props: ReviewBatchesProps) {
  const { review, items, marks, onMarkAll, onUndo, onMade } = props;
  const counts = {
    keep: markedAs(items, marks, 'keep').length,
    revoke: markedAs(items, marks, 'revoke').length,
  };
  const [comments, setComments] = useState({ keep: '', revoke: '' });
  const [asking, setAsking] = useState(false);
  const { show, busy, error } = useShowCards(onMade);
  const total = counts.keep + counts.revoke;
  const missing = DECISIONS.filter(
    (decision) =>
      counts[decision] > 0 && needsComment(review, decision) && comments[decision].trim() === '',
  );
  const onAction = () => {
    if (missing.length > 0) setAsking(true);
    else void show(batchesOf(review, items, marks, comments));
  };
  useShortcut('Enter', () => total > 0 && !busy && onAction(), { withControl: true });
  if (total === 0) return <Recommended items={items} onMarkAll={onMarkAll} />;
  return (
    <TriageBar
      said={`Marked, not sent: ${counts.keep} to keep, ${counts.revoke} to revoke.`}
      action={`Show what will be sent (${countOf(total, 'decision', 'decisions')})`}
      busy={busy}
      onAction={onAction}
      onUndo={onUndo}
    >
      {DECISIONS.filter(
        (decision) => counts[decision] > 0 && (asking || needsComment(review, decision)),
      ).map((decision) => (
        <CommentField
          key={decision}
          decision={decision}
          count={counts[decision]}
          missing={asking && missing.includes(decision)}
          value={comments[decision]}
          onChange={(value) => setComments({ ...comments, [decision]: value })}
        />
      ))}
      {error && <Problem what={error} still="Your marks are kept, and nothing was sent." />}
    </TriageBar>
  );
}

/** What is recommended to be kept, marked with one click; what wants a look is left to be looked at. */
function Recommended({ items, onMarkAll }: Pick<ReviewBatchesProps, 'items' | 'onMarkAll'>) {
  const ids = items
    .filter(({ decision, recommendation }) => decision === null && recommendation === 'keep')
    .map(({ id }) => id);
  if (ids.length < 2) return null;
  return (
    <div style={{ padding: '12px' }}>
      <Button onClick={() => onMarkAll(ids, { decision: 'keep', comment: '' })}>
        Mark the {ids.length} that are recommended to keep
      </Button>
      <Text as="p" size={200} style={{ marginBlockEnd: 0 }}>
        Nothing is sent by this. Keys: A keeps, D revokes, U takes it back.
      </Text>
    </div>
  );
}

interface CommentFieldProps {
  readonly decision: ReviewDecision;
  readonly count: number;
  readonly missing: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function CommentField({ decision, count, missing, value, onChange }: CommentFieldProps) {
  return (
    <Field
      label={`Comment on the ${count} to ${decision}`}
      required
      {...(missing && { validationMessage: 'This review asks for a comment.' })}
    >
      <Textarea
        value={value}
        maxLength={500}
        textarea={{ dir: 'auto' }}
        onChange={(_, data) => onChange(data.value)}
      />
    </Field>
  );
}

function useShowCards(onMade: () => void) {
  const prepare = usePrepare();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const show = async (batches: ReturnType<typeof batchesOf>) => {
    setBusy(true);
    setError(null);
    try {
      for (const batch of batches) await prepare.mutateAsync(batch);
      onMade();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : 'It could not be prepared.');
    }
    setBusy(false);
  };
  return { show, busy, error };
}
