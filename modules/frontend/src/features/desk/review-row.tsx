import { Badge, Text, ToggleButton, makeStyles, tokens } from '@fluentui/react-components';
import { memo } from 'react';

import { Quote } from '@/components/quote';
import type { ReviewItem } from '@/lib/queries/desk-shapes';

import { Facts } from './facts';
import { usePanelStyles } from './panel-styles';
import type { ReviewDecision } from './review-items';
import { Row } from './row';
import { SignalList } from './signal-list';
import { RECOMMENDATIONS, isGrave, signalOf, typeOf, useOf } from './words';

const useStyles = makeStyles({
  summary: { display: 'block', color: tokens.colorNeutralForeground2 },
  grave: { color: tokens.colorStatusDangerForeground2 },
});

interface ReviewRowProps {
  readonly item: ReviewItem;
  /** What is marked and not sent. */
  readonly decision: ReviewDecision | null;
  readonly active: boolean;
  readonly open: boolean;
  readonly tabIndex: number;
  readonly onToggle: (id: string) => void;
  readonly onFocus: (id: string) => void;
  readonly onDecide: (id: string, decision: ReviewDecision | null) => void;
}

export const ReviewRow = memo(function ReviewRow(props: ReviewRowProps) {
  const { item, decision, active, open, tabIndex, onToggle, onFocus, onDecide } = props;
  return (
    <Row
      id={item.id}
      title={item.access.name}
      meta={<Meta item={item} />}
      aside={<State item={item} decision={decision} />}
      open={open}
      tabIndex={tabIndex}
      onToggle={onToggle}
      onFocus={onFocus}
    >
      <ItemFacts item={item} />
      {active && item.decision === null && (
        <Choice item={item} decision={decision} onDecide={onDecide} />
      )}
    </Row>
  );
});

function Meta({ item }: { readonly item: ReviewItem }) {
  const styles = useStyles();
  const [first] = item.signals;
  return (
    <>
      Recommended: {RECOMMENDATIONS[item.recommendation].toLowerCase()}
      {first && (
        <>
          {' · '}
          <span {...(isGrave(first) && { className: styles.grave })}>{signalOf(first)}</span>
        </>
      )}
      {item.summary && (
        <span className={styles.summary} dir="auto">
          {item.summary}
        </span>
      )}
    </>
  );
}

function State({ item, decision }: Pick<ReviewRowProps, 'item' | 'decision'>) {
  if (item.decision !== null) {
    const kept = item.decision === 'approve';
    return (
      <Badge appearance="tint" color={kept ? 'success' : 'danger'}>
        {kept ? 'Kept' : 'Revoked'}
      </Badge>
    );
  }
  if (decision === null) return null;
  return (
    <Badge color={decision === 'keep' ? 'brand' : 'important'}>
      {decision === 'keep' ? 'To keep' : 'To revoke'}
    </Badge>
  );
}

function ItemFacts({ item }: { readonly item: ReviewItem }) {
  return (
    <Facts
      facts={[
        ['Held by', item.person.name],
        ['What', item.description ?? 'not described'],
        [
          'Kind',
          item.source ? `${typeOf(item.access.type)} in ${item.source}` : typeOf(item.access.type),
        ],
        ['Last use', useOf(item.daysUsed)],
        ['Recommended', RECOMMENDATIONS[item.recommendation]],
        ['Because of', <SignalList key="signals" signals={item.signals} />],
        ['Comment', item.comment && <Quote text={item.comment} />],
      ]}
    />
  );
}

function Choice({
  item,
  decision,
  onDecide,
}: Pick<ReviewRowProps, 'item' | 'decision' | 'onDecide'>) {
  const styles = usePanelStyles();
  const fixed = item.revocable === false;
  return (
    <div className={styles.form}>
      {fixed && <Text>It comes by a rule: it can only be kept here.</Text>}
      <div className={styles.buttons}>
        <ToggleButton
          size="small"
          checked={decision === 'keep'}
          onClick={() => onDecide(item.id, decision === 'keep' ? null : 'keep')}
        >
          Keep
        </ToggleButton>
        <ToggleButton
          size="small"
          checked={decision === 'revoke'}
          disabledFocusable={fixed}
          onClick={() => onDecide(item.id, decision === 'revoke' ? null : 'revoke')}
        >
          Revoke
        </ToggleButton>
      </div>
    </div>
  );
}
