import { Subtitle2, makeStyles, tokens } from '@fluentui/react-components';

import { BrandMark } from '@/components/brand-mark';
import type { Session } from '@/features/auth/session';
import { ConversationsPane } from '@/features/conversations/conversations-pane';

import { PersonMenu } from './person-menu';
import { ShortcutsButton } from './shortcuts';
import { ThemeMenu } from './theme-menu';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', width: '100%', height: '100%', minHeight: 0 },
  brand: {
    display: 'flex',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalS,
    minHeight: '48px',
    paddingInline: tokens.spacingHorizontalL,
  },
  foot: {
    display: 'flex',
    columnGap: tokens.spacingHorizontalXS,
    padding: tokens.spacingHorizontalS,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
});

interface SidePaneProps {
  readonly session: Session;
  readonly openId: string | null;
  readonly onDeleted: (conversationId: string) => void;
  readonly onKeys: () => void;
}

export function SidePane({ session, openId, onDeleted, onKeys }: SidePaneProps) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <div className={styles.brand}>
        <BrandMark size={24} />
        <Subtitle2>Icarus</Subtitle2>
      </div>
      <ConversationsPane openId={openId} onDeleted={onDeleted} />
      <div className={styles.foot}>
        <PersonMenu session={session} />
        <ThemeMenu />
        <ShortcutsButton onShow={onKeys} />
      </div>
    </div>
  );
}
