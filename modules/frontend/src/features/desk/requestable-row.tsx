import { Badge, Button } from '@fluentui/react-components';

import { isUnderWay } from '@/lib/queries/proposals';
import type { RequestableItem } from '@/lib/queries/desk-shapes';

import { Facts } from './facts';
import { usePanelStyles } from './panel-styles';
import { ReasonForm } from './reason-form';
import { Row } from './row';
import { targetCard } from './target-card';
import { usePrepare, type Cards } from './use-cards';
import { typeOf } from './words';

interface RequestableRowProps {
  readonly item: RequestableItem;
  readonly personId: string | null;
  readonly cards: Cards;
  readonly target: string;
  readonly open: boolean;
  readonly onToggle: (id: string) => void;
  readonly onFollow: () => void;
}

export function RequestableRow(props: RequestableRowProps) {
  const { item, personId, cards, target, open, onToggle, onFollow } = props;
  const prepare = usePrepare();
  const card = cards.get(target)?.[0];
  const busy = card !== undefined && (card.status === 'pending' || isUnderWay(card));
  const ask = (reason: string, endsOn: string | null) =>
    prepare.mutate({
      kind: 'request_access',
      args: {
        type: item.type,
        id: item.id,
        reason,
        ...(personId && { for_person_id: personId }),
        ...(endsOn && { ends_on: endsOn }),
      },
    });
  return (
    <Row
      id={item.id}
      title={item.name}
      meta={item.description ?? typeOf(item.type)}
      aside={<StatusBadge item={item} />}
      open={open}
      onToggle={onToggle}
      card={targetCard({ cards, target })}
    >
      <Facts
        facts={[
          ['What', item.description ?? 'not described'],
          ['Kind', typeOf(item.type)],
          ['Owner', item.owner ?? 'unknown'],
        ]}
      />
      <NotAvailable item={item} onFollow={onFollow} />
      {item.status === 'available' && !busy && (
        <ReasonForm
          label="Why is it needed?"
          hint="Whoever approves it reads this."
          withEnd
          action="Show what will be sent"
          busy={prepare.isPending}
          error={prepare.error}
          onSubmit={ask}
          onCancel={() => onToggle(item.id)}
        />
      )}
    </Row>
  );
}

function NotAvailable({ item, onFollow }: Pick<RequestableRowProps, 'item' | 'onFollow'>) {
  const styles = usePanelStyles();
  if (item.status === 'assigned') return <p className={styles.text}>It is held already.</p>;
  if (item.status !== 'pending') return null;
  return (
    <>
      <p className={styles.text}>It is requested already.</p>
      <div className={styles.buttons}>
        <Button onClick={onFollow}>See where it is</Button>
      </div>
    </>
  );
}

function StatusBadge({ item }: { readonly item: RequestableItem }) {
  if (item.status === 'assigned') {
    return (
      <Badge appearance="tint" color="success">
        Held
      </Badge>
    );
  }
  return item.status === 'pending' ? (
    <Badge appearance="tint" color="informative">
      Requested
    </Badge>
  ) : null;
}
