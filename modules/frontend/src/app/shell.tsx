import { makeStyles, tokens } from '@fluentui/react-components';
import { useCallback, useState } from 'react';
import { useMatch, useNavigate } from 'react-router';

import type { Session } from '@/features/auth/session';
import { ChatPage } from '@/features/chat/chat-page';
import { useMediaQuery } from '@/lib/use-media-query';

import { SandboxRibbon } from './sandbox-ribbon';
import { SideDrawer } from './side-drawer';
import { SidePane } from './side-pane';
import { TopBar } from './top-bar';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    height: '100dvh',
    backgroundColor: tokens.colorNeutralBackground1,
  },
  columns: { display: 'flex', flexGrow: 1, minHeight: 0 },
  side: {
    display: 'flex',
    flexShrink: 0,
    width: '280px',
    backgroundColor: tokens.colorNeutralBackground3,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  main: { display: 'flex', flexDirection: 'column', flexGrow: 1, minWidth: 0, minHeight: 0 },
});

export function Shell({ session }: { readonly session: Session }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const openId = useMatch('/c/:conversationId')?.params.conversationId ?? null;
  const narrow = useMediaQuery('(max-width: 899px)');
  const [drawerOpen, setDrawerOpen] = useState(false);
  const closeDrawer = useCallback(() => setDrawerOpen(false), []);

  const onDeleted = (deletedId: string) => {
    if (deletedId === openId) void navigate('/');
  };
  const firstName = session.person?.name.split(' ')[0] ?? null;
  const side = <SidePane openId={openId} onDeleted={onDeleted} />;

  return (
    <div className={styles.root}>
      {session.people.length > 0 && <SandboxRibbon session={session} />}
      <div className={styles.columns}>
        {narrow ? (
          <SideDrawer open={drawerOpen} openId={openId} onClose={closeDrawer}>
            {side}
          </SideDrawer>
        ) : (
          <div className={styles.side}>{side}</div>
        )}
        <main className={styles.main}>
          <TopBar
            conversationId={openId}
            onDeleted={onDeleted}
            onMenu={narrow ? () => setDrawerOpen(true) : null}
          />
          <ChatPage
            conversationId={openId}
            firstName={firstName}
            onBegin={(id) => void navigate(`/c/${id}`)}
          />
        </main>
      </div>
    </div>
  );
}
