import {
  Button,
  Caption1,
  Tooltip,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import {
  ThumbDislikeFilled,
  ThumbDislikeRegular,
  ThumbLikeFilled,
  ThumbLikeRegular,
} from '@fluentui/react-icons';
import { useState, type JSX, type RefCallback } from 'react';

import { Problem } from '@/components/problem';
import { Quote } from '@/components/quote';
import type { Feedback as Said, Rating } from '@/lib/queries/feedback';

import { FeedbackForm } from './feedback-form';
import { useFeedback } from './use-feedback';

const useStyles = makeStyles({
  below: { flexBasis: '100%', minWidth: 0 },
  comment: { fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase200 },
});

const RATINGS = {
  up: { name: 'Helpful', icon: <ThumbLikeRegular />, chosen: <ThumbLikeFilled /> },
  down: { name: 'Not helpful', icon: <ThumbDislikeRegular />, chosen: <ThumbDislikeFilled /> },
} satisfies Record<Rating, { name: string; icon: JSX.Element; chosen: JSX.Element }>;

interface FeedbackProps {
  readonly conversationId: string;
  readonly answerId: string;
  /** What the server knows that the reader said. */
  readonly stored: Said | null;
}

/** Whether an answer helped, and, if the reader likes, why not. */
export function Feedback({ conversationId, answerId, stored }: FeedbackProps) {
  const styles = useStyles();
  const [comment, setComment] = useState<'none' | 'asked' | 'sent'>('none');
  const [notHelpful, setNotHelpful] = useState<HTMLButtonElement | null>(null);
  const word = useFeedback(conversationId, answerId);
  const said = word.isPending ? word.variables : stored;

  const leaveForm = (how: 'none' | 'sent') => {
    setComment(how);
    notHelpful?.focus();
  };
  const tell = (feedback: Said | null) =>
    word.mutate(feedback, { onSuccess: () => feedback?.comment && leaveForm('sent') });
  const rate = (rating: Rating) => {
    const isTakenBack = said?.rating === rating;
    setComment(rating === 'down' && !isTakenBack ? 'asked' : 'none');
    tell(isTakenBack ? null : { rating, comment: null });
  };

  return (
    <>
      <RatingButton rating="up" said={said} onRate={rate} />
      <RatingButton rating="down" said={said} onRate={rate} ref={setNotHelpful} />
      {word.isError && (
        <div className={styles.below}>
          <Problem
            what="Your feedback was not stored."
            still={word.error.message}
            onRetry={() => tell(word.variables)}
          />
        </div>
      )}
      {comment === 'asked' && (
        <FeedbackForm
          sending={word.isPending}
          onSend={(text) => tell({ rating: 'down', comment: text })}
          onCancel={() => leaveForm('none')}
        />
      )}
      {comment !== 'none' && (
        <Caption1 role="status">
          {comment === 'sent' && 'Thank you. Your comment is stored.'}
        </Caption1>
      )}
      {comment !== 'asked' && said?.comment && (
        <div className={mergeClasses(styles.below, styles.comment)}>
          <Quote text={said.comment} />
        </div>
      )}
    </>
  );
}

interface RatingButtonProps {
  readonly rating: Rating;
  readonly said: Said | null | undefined;
  readonly onRate: (rating: Rating) => void;
  readonly ref?: RefCallback<HTMLButtonElement>;
}

function RatingButton({ rating, said, onRate, ref }: RatingButtonProps) {
  const { name, icon, chosen } = RATINGS[rating];
  const isChosen = said?.rating === rating;
  return (
    <Tooltip content={name} relationship="label">
      <Button
        ref={ref}
        appearance="subtle"
        size="small"
        icon={isChosen ? chosen : icon}
        aria-pressed={isChosen}
        onClick={() => onRate(rating)}
      />
    </Tooltip>
  );
}
