import {
  ProgressBar,
  Select,
  Subtitle2,
  Text,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import { reviewItemsQuery } from '@/lib/queries/desk';
import type { Review, ReviewItems } from '@/lib/queries/desk-shapes';
import { isWaiting, type Proposal } from '@/lib/queries/proposals';
import { useServices } from '@/lib/services';

import { Loaded } from './loaded';
import { usePanelStyles } from './panel-styles';
import { ReviewBatches, ReviewCards } from './review-batches';
import { FILTERS, countsOf, sentenceOf, shownGroups, type Filter } from './review-items';
import { ReviewList } from './review-list';
import { DueBadge } from './reviews-panel';
import { SignOff } from './sign-off';
import { useCards } from './use-cards';
import { useReviewMarks } from './use-review-marks';
import { useSummaries } from './use-summaries';

const NO_CARDS: readonly Proposal[] = [];

const useStyles = makeStyles({
  name: { margin: 0, overflowWrap: 'anywhere' },
  meta: { color: tokens.colorNeutralForeground3 },
});

interface ReviewPanelProps {
  readonly reviewId: string;
  readonly at: string | undefined;
}

/** One review: its questions by person, the riskiest first, and at the end the sign-off. */
export function ReviewPanel({ reviewId, at }: ReviewPanelProps) {
  const { api } = useServices();
  const query = useQuery(reviewItemsQuery(api, reviewId));
  return (
    <Loaded query={query} what="the review">
      {(data) => <ReviewWork data={data} at={at} />}
    </Loaded>
  );
}

interface ReviewWorkProps {
  readonly data: ReviewItems;
  readonly at: string | undefined;
}

function ReviewWork({ data: { review, items }, at }: ReviewWorkProps) {
  const panel = usePanelStyles();
  const [filter, setFilter] = useState<Filter>(review.active ? 'open' : 'all');
  const [made, setMade] = useState(0);
  const cards = useCards().get(`review:${review.id}`) ?? NO_CARDS;
  const { marks, mark, markAll, undo } = useReviewMarks(review, items);
  const groups = useMemo(() => shownGroups(items, filter), [items, filter]);
  const counts = countsOf(review, items, marks);
  const summaries = useSummaries(review.id, items, filter);
  return (
    <div ref={summaries}>
      <ReviewHead review={review} decided={counts.decided} marked={counts.marked} />
      <ReviewCards cards={cards} made={made} />
      <div className={panel.block}>
        <Text role="status">{sentenceOf(counts)}</Text>
        <Select
          aria-label="Which questions to show"
          value={filter}
          onChange={(_, { value }) => setFilter(value as Filter)}
        >
          {FILTERS.map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </Select>
      </div>
      <ReviewList
        key={filter}
        groups={groups}
        marks={marks}
        active={review.active}
        at={at}
        onMark={mark}
        onUndo={undo}
      />
      <SignOff review={review} left={counts.left + counts.marked} cards={cards} />
      {review.active && !cards.some((proposal) => isWaiting(proposal)) && (
        <ReviewBatches
          review={review}
          items={items}
          marks={marks}
          onMarkAll={markAll}
          onUndo={undo}
          onMade={() => setMade(made + 1)}
        />
      )}
    </div>
  );
}

interface ReviewHeadProps {
  readonly review: Review;
  readonly decided: number;
  readonly marked: number;
}

function ReviewHead({ review, decided, marked }: ReviewHeadProps) {
  const styles = useStyles();
  const panel = usePanelStyles();
  return (
    <header className={panel.block}>
      <Subtitle2 as="h3" className={styles.name}>
        <bdi>{review.name}</bdi>
      </Subtitle2>
      <Text size={200} className={styles.meta}>
        <bdi>{review.campaign}</bdi> · {review.people} {review.people === 1 ? 'person' : 'people'}
      </Text>
      <div>
        <DueBadge review={review} />
      </div>
      <ProgressBar
        aria-label="Decided or marked"
        value={decided + marked}
        max={Math.max(review.total, 1)}
        thickness="large"
      />
      {!review.active && <Text weight="semibold">{review.whyNot}</Text>}
    </header>
  );
}
