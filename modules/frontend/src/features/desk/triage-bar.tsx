import { Button, Text, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  root: {
    position: 'sticky',
    insetBlockEnd: 0,
    zIndex: 1,
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalM,
    borderTop: `1px solid ${tokens.colorNeutralStroke1}`,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow16,
  },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

interface TriageBarProps {
  readonly said: string;
  readonly action: string;
  readonly busy: boolean;
  readonly onAction: () => void;
  readonly onUndo: () => void;
  readonly children?: ReactNode;
}

/** What is marked and not sent, and how it goes on. */
export function TriageBar({ said, action, busy, onAction, onUndo, children }: TriageBarProps) {
  const styles = useStyles();
  return (
    <section className={styles.root} aria-label="Marked">
      <Text role="status" weight="semibold">
        {said}
      </Text>
      {children}
      <div className={styles.buttons}>
        <Button disabledFocusable={busy} onClick={onAction}>
          {action}
        </Button>
        <Button appearance="subtle" disabledFocusable={busy} onClick={onUndo}>
          Undo the last
        </Button>
      </div>
    </section>
  );
}
