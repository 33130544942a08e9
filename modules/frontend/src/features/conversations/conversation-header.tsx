import { Subtitle2, makeStyles } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';

import { conversationQuery } from '@/lib/queries/conversations';
import { useServices } from '@/lib/services';

import { ConversationMenu } from './conversation-menu';
import { titleOf } from './title-of';

const useStyles = makeStyles({
  title: {
    flexGrow: 1,
    minWidth: 0,
    margin: 0,
    // It stands where the page begins, and is cut where it ends itself.
    textAlign: 'inherit',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
});

interface ConversationHeaderProps {
  readonly conversationId: string;
  readonly onDeleted: (conversationId: string) => void;
}

export function ConversationHeader({ conversationId, onDeleted }: ConversationHeaderProps) {
  const styles = useStyles();
  const { api } = useServices();
  const { data: conversation, isPending } = useQuery(conversationQuery(api, conversationId));
  const title = isPending ? '' : titleOf(conversation);
  useEffect(() => {
    document.title = title ? `${title} – Icarus` : 'Icarus';
    return () => void (document.title = 'Icarus');
  }, [title]);
  return (
    <>
      <Subtitle2 as="h1" className={styles.title} dir="auto">
        {title}
      </Subtitle2>
      {conversation && <ConversationMenu conversation={conversation} onDeleted={onDeleted} />}
    </>
  );
}
