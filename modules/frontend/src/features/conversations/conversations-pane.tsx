import { Button, SearchBox, makeStyles, tokens } from '@fluentui/react-components';
import { ChatAddRegular } from '@fluentui/react-icons';
import { useState, type KeyboardEvent } from 'react';
import { useLocation, useNavigate } from 'react-router';

import { useDebounced } from '@/lib/use-debounced';

import { ConversationList } from './conversation-list';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', flexGrow: 1, minHeight: 0 },
  head: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
  },
  search: { maxWidth: 'none' },
  list: {
    flexGrow: 1,
    minHeight: 0,
    overflowY: 'auto',
    padding: `0 ${tokens.spacingHorizontalS} ${tokens.spacingVerticalM}`,
  },
});

interface ConversationsPaneProps {
  readonly openId: string | null;
  readonly onDeleted: (conversationId: string) => void;
}

export function ConversationsPane({ openId, onDeleted }: ConversationsPaneProps) {
  const styles = useStyles();
  const navigate = useNavigate();
  const { search: panel } = useLocation();
  const [text, setText] = useState('');
  const search = useDebounced(text.trim(), 250);

  // Escape empties the field here; it must not also stop the answer being written.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') event.nativeEvent.stopPropagation();
  };

  return (
    <nav className={styles.root} aria-label="Conversations">
      <div className={styles.head}>
        <Button
          icon={<ChatAddRegular />}
          onClick={() => void navigate({ pathname: '/', search: panel })}
        >
          New chat
        </Button>
        <SearchBox
          input={{ dir: 'auto' }}
          className={styles.search}
          appearance="filled-darker"
          aria-label="Search conversations"
          placeholder="Search"
          value={text}
          onChange={(_, { value }) => setText(value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className={styles.list}>
        <ConversationList search={search} openId={openId} onDeleted={onDeleted} />
      </div>
    </nav>
  );
}
