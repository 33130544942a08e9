import { Body1 } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';

import { accessQuery } from '@/lib/queries/desk';
import type { Held, HeldAccess } from '@/lib/queries/desk-shapes';
import { useServices } from '@/lib/services';

import { HeldBadges, HeldFacts } from './access-panel';
import { CardsAlone } from './cards-alone';
import { groupBy } from './group-by';
import { Loaded } from './loaded';
import { usePanelStyles } from './panel-styles';
import { ReasonedChange } from './reasoned-change';
import { Row } from './row';
import { targetCard } from './target-card';
import { cardsElsewhere, useCards, type Cards } from './use-cards';
import { useOpenRow } from './use-open-row';
import { useRows, useShownRow } from './use-rows';
import { typeOf, whyHeld } from './words';

interface MemberAccessProps {
  readonly personId: string;
  readonly at: string | undefined;
}

/** What somebody who reports to the reader holds, and how to take it away. */
export function MemberAccess({ personId, at }: MemberAccessProps) {
  const { api } = useServices();
  const query = useQuery(accessQuery(api, personId));
  return (
    <Loaded query={query} what="their access">
      {(held) => <MemberList held={held} at={at} />}
    </Loaded>
  );
}

function MemberList({ held, at }: { readonly held: HeldAccess; readonly at: string | undefined }) {
  const styles = usePanelStyles();
  const cards = useCards();
  const { openId, toggle } = useOpenRow(at);
  const { list, onKeyDown } = useRows();
  useShownRow(at, true);
  const theirs = `access:${held.person.id}:`;
  const listed = new Set(held.items.map(({ id }) => theirs + id));
  // What is taken away is listed no more: its card stays to say so.
  const gone = cardsElsewhere(
    cards,
    'revoke_access',
    (target) => target.startsWith(theirs) && !listed.has(target),
  );
  return (
    // eslint-disable-next-line jsx-a11y-x/no-static-element-interactions -- the rows are the buttons
    <div ref={list} onKeyDown={onKeyDown}>
      <CardsAlone name="Taken away lately" cards={gone} />
      {held.items.length === 0 && (
        <Body1 as="p" className={styles.note}>
          SailPoint shows no access of theirs.
        </Body1>
      )}
      {groupBy(held.items, ({ source }) => source ?? 'In no single application').map(
        ([source, items]) => (
          <section key={source} aria-label={source}>
            <h3 className={styles.group}>
              <bdi>{source}</bdi>
            </h3>
            <ul className={styles.list}>
              {items.map((item) => (
                <MemberRow
                  key={item.id}
                  item={item}
                  personId={held.person.id}
                  cards={cards}
                  open={openId === item.id}
                  onToggle={toggle}
                />
              ))}
            </ul>
          </section>
        ),
      )}
    </div>
  );
}

interface MemberRowProps {
  readonly item: Held;
  readonly personId: string;
  readonly cards: Cards;
  readonly open: boolean;
  readonly onToggle: (id: string) => void;
}

function MemberRow({ item, personId, cards, open, onToggle }: MemberRowProps) {
  const styles = usePanelStyles();
  const target = `access:${personId}:${item.id}`;
  return (
    <Row
      id={item.id}
      title={item.name}
      meta={`${typeOf(item.type)} · ${whyHeld(item) === 'unknown' ? 'Why is unknown' : whyHeld(item)}`}
      aside={<HeldBadges item={item} />}
      open={open}
      onToggle={onToggle}
      card={targetCard({ cards, target })}
    >
      <HeldFacts item={item} />
      {item.revocable === false ? (
        <p className={styles.text}>It comes with a role or a rule and goes with it.</p>
      ) : (
        !cards.has(target) && <Revoke item={item} personId={personId} />
      )}
    </Row>
  );
}

function Revoke({ item, personId }: { readonly item: Held; readonly personId: string }) {
  return (
    <ReasonedChange
      offer="Take it away"
      label="Why should they lose it?"
      action="Show what will be sent"
      wanted={(reason) => ({
        kind: 'revoke_access',
        args: { person_id: personId, type: item.type, id: item.id, reason },
      })}
    />
  );
}
