import {
  Badge,
  ProgressBar,
  makeStyles,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';

import { turnsWhenPointedAt } from '@/components/contrast';
import { dayOf, daysSince } from '@/lib/dates';
import type { DeskPlace } from '@/lib/desk-place';
import { reviewsQuery } from '@/lib/queries/desk';
import type { Review } from '@/lib/queries/desk-shapes';
import { useServices } from '@/lib/services';

import { Loaded } from './loaded';
import { Nothing } from './nothing';
import { usePanelStyles } from './panel-styles';
import { ReviewPanel } from './review-panel';
import { useRows } from './use-rows';

const useStyles = makeStyles({
  review: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalXS,
    width: '100%',
    padding: tokens.spacingHorizontalM,
    font: 'inherit',
    color: 'inherit',
    textAlign: 'start',
    cursor: 'pointer',
    border: 0,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: 'transparent',
    ...turnsWhenPointedAt,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
  },
  head: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalS}`,
  },
  name: { ...typographyStyles.body1Strong, flex: '1 1 180px', overflowWrap: 'anywhere' },
  meta: { ...typographyStyles.caption1, color: tokens.colorNeutralForeground3 },
  due: { flexShrink: 0, whiteSpace: 'nowrap' },
});

interface ReviewsPanelProps {
  readonly place: DeskPlace;
  readonly onOpen: (place: DeskPlace) => void;
}

/** The reader's certification reviews, or one of them. */
export function ReviewsPanel({ place, onOpen }: ReviewsPanelProps) {
  const { api } = useServices();
  const query = useQuery({ ...reviewsQuery(api), enabled: !place.review });
  if (place.review) {
    return <ReviewPanel key={place.review} reviewId={place.review} at={place.at} />;
  }
  return (
    <Loaded query={query} what="your reviews">
      {({ items }) => (
        <Reviews reviews={items} onOpen={(review) => onOpen({ panel: 'reviews', review })} />
      )}
    </Loaded>
  );
}

interface ReviewsProps {
  readonly reviews: readonly Review[];
  readonly onOpen: (reviewId: string) => void;
}

function Reviews({ reviews, onOpen }: ReviewsProps) {
  const panel = usePanelStyles();
  const { list, onKeyDown } = useRows();
  if (reviews.length === 0) {
    return (
      <Nothing
        panel="reviews"
        what="There is no review for you."
        lesson="When you are asked who should keep what they hold, the questions are here."
      />
    );
  }
  const groups = [
    ['To do', reviews.filter(({ active }) => active)],
    ['Not open', reviews.filter(({ active }) => !active)],
  ] as const;
  return (
    // eslint-disable-next-line jsx-a11y-x/no-static-element-interactions -- the rows are the buttons
    <div ref={list} onKeyDown={onKeyDown}>
      {groups.map(([name, members]) =>
        members.length === 0 ? null : (
          <section key={name} aria-label={name}>
            <h3 className={panel.group}>
              {name} · {members.length}
            </h3>
            <ul className={panel.list}>
              {members.map((review) => (
                <li key={review.id}>
                  <ReviewLine review={review} onOpen={onOpen} />
                </li>
              ))}
            </ul>
          </section>
        ),
      )}
    </div>
  );
}

interface ReviewLineProps {
  readonly review: Review;
  readonly onOpen: (reviewId: string) => void;
}

function ReviewLine({ review, onOpen }: ReviewLineProps) {
  const styles = useStyles();
  return (
    <button
      type="button"
      className={styles.review}
      data-row={review.id}
      onClick={() => onOpen(review.id)}
    >
      <span className={styles.head}>
        <span className={styles.name}>
          <bdi>{review.name}</bdi>
        </span>
        <span className={styles.due}>
          <DueBadge review={review} />
        </span>
      </span>
      <span className={styles.meta}>
        {review.campaign && (
          <>
            <bdi>{review.campaign}</bdi>
            {' · '}
          </>
        )}
        {review.decided} of {review.total} decided
      </span>
      {review.active && (
        <ProgressBar
          aria-label="Decided"
          value={review.decided}
          max={Math.max(review.total, 1)}
          thickness="medium"
        />
      )}
      {!review.active && <span className={styles.meta}>{review.whyNot}</span>}
    </button>
  );
}

export function DueBadge({ review }: { readonly review: Review }) {
  if (review.signedAt) {
    return (
      <Badge appearance="outline" color="informative">
        Signed {dayOf(review.signedAt)}
      </Badge>
    );
  }
  if (!review.due) return null;
  const late = review.active && daysSince(review.due) > 0;
  return (
    <Badge appearance={late ? 'tint' : 'outline'} color={late ? 'danger' : 'informative'}>
      {late ? 'Overdue since' : 'Due'} {dayOf(review.due)}
    </Badge>
  );
}
