import { makeStyles, tokens } from '@fluentui/react-components';
import { useCallback, useState } from 'react';
import { useLocation, useMatch, useNavigate } from 'react-router';

import type { Session } from '@/features/auth/session';
import { ChatPage } from '@/features/chat/chat-page';
import { useDeskPlace } from '@/lib/use-desk-place';
import { useMediaQuery } from '@/lib/use-media-query';
import { useShortcut } from '@/lib/use-shortcut';

import { ConnectionEndingNotice } from './connection-ending';
import { DeskColumn, DeskDrawer } from './desk-side';
import { Notices } from './notices';
import { SandboxRibbon } from './sandbox-ribbon';
import { ShortcutsDialog } from './shortcuts';
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
  const { search } = useLocation();
  const { narrow, inDrawer } = useRoom();
  const [deskListed, setDeskListed] = useState(false);
  const [drawerOpen, setDrawerOpen] = useState(false);
  const [keysShown, setKeysShown] = useState(false);
  const closeDrawer = useCallback(() => setDrawerOpen(false), []);

  // Not beside their button: that is out of sight where the conversations are in a drawer.
  const showKeys = () => setKeysShown(true);
  useShortcut('?', showKeys);
  useShortcut('p', () => (narrow ? setDeskListed(true) : focusDesk()));

  const onDeleted = (deletedId: string) => {
    if (deletedId === openId) void navigate({ pathname: '/', search });
  };
  const firstName = session.person?.name.split(' ')[0] ?? null;
  const side = <SidePane {...{ session, openId, onDeleted }} onKeys={showKeys} />;

  return (
    <div className={styles.root}>
      {session.people.length > 0 && <SandboxRibbon session={session} />}
      <div className={styles.columns}>
        {inDrawer ? (
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
            onMenu={inDrawer ? () => setDrawerOpen(true) : null}
            onDesk={narrow ? () => setDeskListed(true) : null}
          />
          <ConnectionEndingNotice />
          <ChatPage
            conversationId={openId}
            firstName={firstName}
            onBegin={(id) => void navigate({ pathname: `/c/${id}`, search })}
          />
        </main>
        <Desk narrow={narrow} listed={deskListed} onClose={() => setDeskListed(false)} />
      </div>
      <Notices />
      {keysShown && <ShortcutsDialog onClose={() => setKeysShown(false)} />}
    </div>
  );
}

/** Chat and panel come first; the conversations give way where three columns have no room. */
function useRoom(): { readonly narrow: boolean; readonly inDrawer: boolean } {
  const { place } = useDeskPlace();
  const narrow = useMediaQuery('(max-width: 899px)');
  const tight = useMediaQuery('(max-width: 1279px)');
  return { narrow, inDrawer: narrow || (tight && place !== null) };
}

interface DeskProps {
  readonly narrow: boolean;
  readonly listed: boolean;
  readonly onClose: () => void;
}

function Desk({ narrow, listed, onClose }: DeskProps) {
  return narrow ? <DeskDrawer listed={listed} onClose={onClose} /> : <DeskColumn />;
}

function focusDesk(): void {
  document.querySelector<HTMLElement>('aside [data-row][aria-current], aside [data-row]')?.focus();
}
