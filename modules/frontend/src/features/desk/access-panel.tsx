import { Badge, Caption1 } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';

import { dayOf, momentOf } from '@/lib/dates';
import { accessQuery } from '@/lib/queries/desk';
import type { Held, HeldAccess } from '@/lib/queries/desk-shapes';
import { useServices } from '@/lib/services';

import { Facts } from './facts';
import { groupBy } from './group-by';
import { Loaded } from './loaded';
import { Nothing } from './nothing';
import { usePanelStyles } from './panel-styles';
import { Row } from './row';
import { useOpenRow } from './use-open-row';
import { useRows, useShownRow } from './use-rows';
import { countOf, dayOrUnknown, endsSoon, typeOf, useOf, whyHeld } from './words';

const OF_ALL = 'In no single application';

/** What the reader holds, and why. */
export function AccessPanel({ at }: { readonly at: string | undefined }) {
  const { api } = useServices();
  const query = useQuery(accessQuery(api, null));
  return (
    <Loaded query={query} what="your access">
      {(held) => <AccessList held={held} at={at} />}
    </Loaded>
  );
}

function AccessList({ held, at }: { readonly held: HeldAccess; readonly at: string | undefined }) {
  const styles = usePanelStyles();
  const { openId, toggle } = useOpenRow(at);
  const { list, onKeyDown } = useRows();
  useShownRow(at, true);
  if (held.items.length === 0) {
    return (
      <Nothing
        panel="access"
        what="SailPoint shows no access of yours."
        lesson="What you hold is listed here, with where it comes from. Under “Request access” you find what you can ask for."
      />
    );
  }
  const soon = held.items.filter(endsSoon).length;
  return (
    // eslint-disable-next-line jsx-a11y-x/no-static-element-interactions -- the rows are the buttons
    <div ref={list} onKeyDown={onKeyDown}>
      <Caption1 as="p" className={styles.note}>
        You hold {countOf(held.items.length, 'thing', 'things')}
        {soon > 0 && `, ${countOf(soon, 'ends', 'end')} soon`}. As of {momentOf(held.asOf)}.
      </Caption1>
      {groupBy(held.items, ({ source }) => source ?? OF_ALL).map(([source, items]) => (
        <section key={source} aria-label={source}>
          <h3 className={styles.group}>
            <bdi>{source}</bdi>
          </h3>
          <ul className={styles.list}>
            {items.map((item) => (
              <HeldRow key={item.id} item={item} open={openId === item.id} onToggle={toggle} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

interface HeldRowProps {
  readonly item: Held;
  readonly open: boolean;
  readonly onToggle: (id: string) => void;
}

function HeldRow({ item, open, onToggle }: HeldRowProps) {
  const styles = usePanelStyles();
  return (
    <Row
      id={item.id}
      title={item.name}
      meta={`${typeOf(item.type)} · ${whyHeld(item) === 'unknown' ? 'Why is unknown' : whyHeld(item)}`}
      aside={<HeldBadges item={item} />}
      open={open}
      onToggle={onToggle}
    >
      <HeldFacts item={item} />
      <Caption1 as="p" className={styles.text}>
        {item.revocable === false
          ? 'It comes with a role or a rule and goes with it.'
          : 'To give it back, ask your manager: SailPoint lets nobody revoke their own access.'}
      </Caption1>
    </Row>
  );
}

export function HeldBadges({ item }: { readonly item: Held }) {
  return (
    <>
      {item.privileged && (
        <Badge appearance="tint" color="danger">
          Privileged
        </Badge>
      )}
      {item.endsAt && endsSoon(item) && (
        <Badge appearance="tint" color="warning">
          Ends {dayOf(item.endsAt)}
        </Badge>
      )}
    </>
  );
}

export function HeldFacts({ item }: { readonly item: Held }) {
  return (
    <Facts
      facts={[
        ['What', item.description ?? 'not described'],
        ['Technical name', item.technicalName],
        ['Why', whyHeld(item)],
        ['Since', dayOrUnknown(item.since)],
        ['Until', item.endsAt ? dayOf(item.endsAt) : 'no end known'],
        ['Last use', useOf(item.daysUsed)],
        ['Privileged', item.privileged === null ? 'unknown' : item.privileged ? 'yes' : 'no'],
      ]}
    />
  );
}
