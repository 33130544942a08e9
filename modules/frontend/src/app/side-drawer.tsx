import { OverlayDrawer, makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, type ReactNode } from 'react';

const useStyles = makeStyles({
  drawer: {
    width: 'min(300px, 85vw)',
    backgroundColor: tokens.colorNeutralBackground3,
  },
});

interface SideDrawerProps {
  readonly open: boolean;
  readonly openId: string | null;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function SideDrawer({ open, openId, onClose, children }: SideDrawerProps) {
  const styles = useStyles();
  // Whoever chose a conversation wants to read it.
  useEffect(onClose, [openId, onClose]);
  return (
    <OverlayDrawer
      className={styles.drawer}
      open={open}
      aria-label="Conversations"
      onOpenChange={onClose}
    >
      {children}
    </OverlayDrawer>
  );
}
