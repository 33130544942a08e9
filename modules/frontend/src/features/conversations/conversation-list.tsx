import {
  Body1,
  Button,
  Caption1Strong,
  makeStyles,
  tokens,
  useArrowNavigationGroup,
} from '@fluentui/react-components';
import { useInfiniteQuery, keepPreviousData } from '@tanstack/react-query';

import { Problem } from '@/components/problem';
import { conversationListQuery } from '@/lib/queries/conversations';
import { useServices } from '@/lib/services';

import { ConversationItem } from './conversation-item';
import { groupByDay } from './group-by-day';
import { ListSkeleton } from './list-skeleton';

const useStyles = makeStyles({
  label: {
    display: 'block',
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalXS}`,
    color: tokens.colorNeutralForeground3,
  },
  list: { margin: 0, padding: 0, listStyleType: 'none' },
  empty: {
    display: 'block',
    padding: tokens.spacingHorizontalM,
    color: tokens.colorNeutralForeground3,
  },
});

interface ConversationListProps {
  readonly search: string;
  readonly openId: string | null;
  readonly onDeleted: (conversationId: string) => void;
}

export function ConversationList({ search, openId, onDeleted }: ConversationListProps) {
  const styles = useStyles();
  const { api } = useServices();
  const arrows = useArrowNavigationGroup({ axis: 'grid', memorizeCurrent: true });
  const list = useInfiniteQuery({
    ...conversationListQuery(api, search),
    placeholderData: keepPreviousData,
  });
  if (list.isPending) return <ListSkeleton />;
  if (list.isError && !list.data) {
    return (
      <Problem
        what="Your conversations could not be loaded."
        still="You can still ask a new question."
        onRetry={() => void list.refetch()}
      />
    );
  }
  const conversations = list.data.pages.flatMap(({ items }) => items);
  if (conversations.length === 0) {
    return (
      <Body1 className={styles.empty} role="status">
        {search ? `Nothing found for “${search}”.` : 'Your conversations will be listed here.'}
      </Body1>
    );
  }
  return (
    <div {...arrows}>
      {groupByDay(conversations).map((group) => (
        <section key={group.label} aria-label={group.label}>
          <Caption1Strong className={styles.label} aria-hidden>
            {group.label}
          </Caption1Strong>
          <ul className={styles.list}>
            {group.conversations.map((conversation) => (
              <ConversationItem
                key={conversation.id}
                conversation={conversation}
                open={conversation.id === openId}
                onDeleted={onDeleted}
              />
            ))}
          </ul>
        </section>
      ))}
      {list.hasNextPage && (
        <Button
          appearance="subtle"
          disabledFocusable={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show older conversations
        </Button>
      )}
    </div>
  );
}
