import { Body1, Button, Caption1, SearchBox } from '@fluentui/react-components';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { DeskPlace } from '@/lib/desk-place';
import { accessQuery, requestableQuery, teamQuery } from '@/lib/queries/desk';
import type { RequestableItem } from '@/lib/queries/desk-shapes';
import { useServices } from '@/lib/services';
import { useDebounced } from '@/lib/use-debounced';

import { CardsAlone } from './cards-alone';
import { Loaded } from './loaded';
import { usePanelStyles } from './panel-styles';
import { PersonField } from './person-field';
import { RequestableRow } from './requestable-row';
import { cardsElsewhere, useCards } from './use-cards';
import { useOpenRow } from './use-open-row';
import { useRows, useShownRow } from './use-rows';

interface RequestPanelProps {
  readonly place: DeskPlace;
  readonly onOpen: (place: DeskPlace) => void;
}

/** What can be asked for, by the reader or for somebody who reports to them. */
export function RequestPanel({ place, onOpen }: RequestPanelProps) {
  const styles = usePanelStyles();
  const { api } = useServices();
  const [text, setText] = useState(place.find ?? '');
  const search = useDebounced(text.trim(), 250);
  const personId = place.person ?? null;
  const team = useQuery(teamQuery(api));
  const found = useInfiniteQuery({
    ...requestableQuery(api, search, personId),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <div className={styles.block}>
        <PersonField
          team={team.data?.items ?? []}
          personId={personId}
          onChoose={(person) => onOpen({ panel: 'request', person, find: text })}
        />
        <SearchBox
          input={{ dir: 'auto' }}
          style={{ maxWidth: 'none' }}
          aria-label="Search what can be requested"
          placeholder="Search by name or by what you want to do"
          value={text}
          onChange={(_, { value }) => setText(value)}
        />
      </div>
      <Loaded query={found} what="what can be requested">
        {({ pages }) => (
          <RequestableList
            items={pages.flatMap(({ items }) => items)}
            search={search}
            personId={personId}
            at={place.at}
            onOpen={onOpen}
          />
        )}
      </Loaded>
      {found.hasNextPage && (
        <div className={styles.block}>
          <Button
            appearance="subtle"
            disabledFocusable={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage()}
          >
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

interface RequestableListProps {
  readonly items: readonly RequestableItem[];
  readonly search: string;
  readonly personId: string | null;
  readonly at: string | undefined;
  readonly onOpen: (place: DeskPlace) => void;
}

function RequestableList({ items, search, personId, at, onOpen }: RequestableListProps) {
  const styles = usePanelStyles();
  const { api } = useServices();
  const cards = useCards();
  const { openId, toggle } = useOpenRow(at);
  const { list, onKeyDown } = useRows();
  useShownRow(at, items.length > 0);
  const whose = useQuery(accessQuery(api, personId)).data?.person.id ?? personId;
  const listed = new Set(items.map(({ id }) => id));
  // After a reload, or another search.
  const elsewhere = cardsElsewhere(
    cards,
    'request_access',
    (target) => !listed.has(target.split(':').at(-1) ?? ''),
  );
  if (items.length === 0) {
    return (
      <Body1 as="p" className={styles.note} role="status">
        {search
          ? `Nothing that can be requested sounds like “${search}”. Try the name of the application.`
          : 'There is nothing that can be requested.'}
      </Body1>
    );
  }
  return (
    // eslint-disable-next-line jsx-a11y-x/no-static-element-interactions -- the rows are the buttons
    <div ref={list} onKeyDown={onKeyDown}>
      <CardsAlone name="Your latest requests" cards={elsewhere} />
      <ul className={styles.list} aria-label="What can be requested">
        {items.map((item) => (
          <RequestableRow
            key={item.id}
            item={item}
            personId={personId}
            cards={cards}
            target={`access:${whose ?? ''}:${item.id}`}
            open={openId === item.id}
            onToggle={toggle}
            onFollow={() => onOpen({ panel: 'requests' })}
          />
        ))}
      </ul>
      <Caption1 as="p" className={styles.note}>
        Nothing is sent before you have seen and confirmed its card.
      </Caption1>
    </div>
  );
}
