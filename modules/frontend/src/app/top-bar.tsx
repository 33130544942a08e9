import { Button, Subtitle2, Tooltip, makeStyles, tokens } from '@fluentui/react-components';
import { NavigationRegular, PanelRightRegular } from '@fluentui/react-icons';

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
  title: { flexGrow: 1, margin: 0 },
  desk: { flexShrink: 0 },
});

interface TopBarProps {
  readonly conversationId: string | null;
  readonly onDeleted: (conversationId: string) => void;
  /** Null where the conversations stand beside. */
  readonly onMenu: (() => void) | null;
  /** Null where the panels stand beside. */
  readonly onDesk: (() => void) | null;
}

export function TopBar({ conversationId, onDeleted, onMenu, onDesk }: TopBarProps) {
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
      {onDesk && (
        <Tooltip content="Access and tasks" relationship="label">
          <Button
            className={styles.desk}
            appearance="subtle"
            icon={<PanelRightRegular />}
            onClick={onDesk}
          />
        </Tooltip>
      )}
    </header>
  );
}
