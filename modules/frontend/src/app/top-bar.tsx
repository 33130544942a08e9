import { Button, Subtitle2, Tooltip, makeStyles, tokens } from '@fluentui/react-components';
import { NavigationRegular } from '@fluentui/react-icons';

import { ConversationHeader } from '@/features/conversations/conversation-header';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalS,
    flexShrink: 0,
    boxSizing: 'border-box',
    height: '48px',
    paddingInline: tokens.spacingHorizontalL,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  title: { margin: 0 },
});

interface TopBarProps {
  readonly conversationId: string | null;
  readonly onDeleted: (conversationId: string) => void;
  /** Null where the conversations stand beside. */
  readonly onMenu: (() => void) | null;
}

export function TopBar({ conversationId, onDeleted, onMenu }: TopBarProps) {
  const styles = useStyles();
  return (
    <header className={styles.root}>
      {onMenu && (
        <Tooltip content="Show conversations" relationship="label">
          <Button appearance="subtle" icon={<NavigationRegular />} onClick={onMenu} />
        </Tooltip>
      )}
      {conversationId ? (
        <ConversationHeader conversationId={conversationId} onDeleted={onDeleted} />
      ) : (
        <Subtitle2 as="h1" className={styles.title}>
          New chat
        </Subtitle2>
      )}
    </header>
  );
}
