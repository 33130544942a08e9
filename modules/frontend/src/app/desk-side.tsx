import {
  Button,
  OverlayDrawer,
  Subtitle2,
  Tooltip,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';

import { DeskNav } from '@/features/desk/desk-nav';
import { DeskPanel } from '@/features/desk/desk-panel';
import { useDeskPlace } from '@/lib/use-desk-place';

const useStyles = makeStyles({
  column: {
    display: 'flex',
    flexDirection: 'column',
    flexShrink: 0,
    width: '216px',
    minHeight: 0,
    backgroundColor: tokens.colorNeutralBackground1,
    borderLeft: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  open: { width: 'clamp(400px, 36vw, 600px)' },
  drawer: { width: 'min(560px, 100vw)', backgroundColor: tokens.colorNeutralBackground1 },
  head: {
    display: 'flex',
    alignItems: 'center',
    flexShrink: 0,
    boxSizing: 'border-box',
    width: '100%',
    height: '48px',
    paddingInline: `${tokens.spacingHorizontalL} ${tokens.spacingHorizontalS}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  title: { flexGrow: 1, margin: 0 },
});

const NAME = 'Access and tasks';

/** Beside the chat: the list of panels, or one of them. */
export function DeskColumn() {
  const styles = useStyles();
  const { place, open, close } = useDeskPlace();
  return (
    <aside className={mergeClasses(styles.column, place !== null && styles.open)} aria-label={NAME}>
      {place ? (
        <DeskPanel place={place} onOpen={open} onClose={close} />
      ) : (
        <>
          <div className={styles.head}>
            <Subtitle2 as="h2" className={styles.title}>
              {NAME}
            </Subtitle2>
          </div>
          <DeskNav current={null} />
        </>
      )}
    </aside>
  );
}

interface DeskDrawerProps {
  /** The list of panels is wanted, none of them yet. */
  readonly listed: boolean;
  readonly onClose: () => void;
}

/** The same where there is no room beside the chat. */
export function DeskDrawer({ listed, onClose }: DeskDrawerProps) {
  const styles = useStyles();
  const { place, open, close } = useDeskPlace();
  const leave = () => {
    if (place) close();
    onClose();
  };
  return (
    <OverlayDrawer
      className={styles.drawer}
      position="end"
      open={listed || place !== null}
      aria-label={NAME}
      data-own-keys
      onOpenChange={leave}
    >
      {place ? (
        <DeskPanel place={place} onOpen={open} onClose={leave} />
      ) : (
        <>
          <div className={styles.head}>
            <Subtitle2 as="h2" className={styles.title}>
              {NAME}
            </Subtitle2>
            <Tooltip content="Close" relationship="label">
              <Button appearance="subtle" icon={<DismissRegular />} onClick={leave} />
            </Tooltip>
          </div>
          <DeskNav current={null} />
        </>
      )}
    </OverlayDrawer>
  );
}
