import {
  Button,
  Dialog,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Tooltip,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular, KeyboardRegular } from '@fluentui/react-icons';
import { useState } from 'react';

import { useShortcut } from '@/lib/use-shortcut';

const SHORTCUTS: readonly (readonly [keys: string, meaning: string])[] = [
  ['/', 'Write a question'],
  ['Enter', 'Send'],
  ['Shift + Enter', 'Start a new line'],
  ['Esc', 'Stop the answer, or leave what is open'],
  ['P', 'Go to the panels'],
  ['↑ ↓', 'Walk through a list'],
  ['A', 'Approve or keep the one you are on'],
  ['D', 'Deny or revoke the one you are on'],
  ['U', 'Take the last mark back'],
  ['Ctrl + Enter', 'Show what will be sent of a review'],
  ['?', 'Show this list'],
];

const useStyles = makeStyles({
  list: {
    display: 'grid',
    gridTemplateColumns: 'auto 1fr',
    gap: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalXL}`,
    alignItems: 'baseline',
    margin: 0,
  },
  key: {
    padding: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalS}`,
    fontFamily: tokens.fontFamilyBase,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground2,
    whiteSpace: 'nowrap',
  },
  meaning: { margin: 0 },
});

export function Shortcuts() {
  const [open, setOpen] = useState(false);
  useShortcut('?', () => setOpen(true));
  return (
    <>
      <Tooltip content="Keyboard shortcuts" relationship="label">
        <Button appearance="subtle" icon={<KeyboardRegular />} onClick={() => setOpen(true)} />
      </Tooltip>
      <Dialog open={open} onOpenChange={(_, data) => setOpen(data.open)}>
        <DialogSurface aria-label="Keyboard shortcuts">
          <DialogBody>
            <DialogTitle
              action={
                <Button
                  appearance="subtle"
                  aria-label="Close"
                  icon={<DismissRegular />}
                  onClick={() => setOpen(false)}
                />
              }
            >
              Keyboard shortcuts
            </DialogTitle>
            <DialogContent>
              <ShortcutList />
            </DialogContent>
          </DialogBody>
        </DialogSurface>
      </Dialog>
    </>
  );
}

function ShortcutList() {
  const styles = useStyles();
  return (
    <dl className={styles.list}>
      {SHORTCUTS.map(([keys, meaning]) => (
        <div key={keys} style={{ display: 'contents' }}>
          <dt>
            <kbd className={styles.key}>{keys}</kbd>
          </dt>
          <dd className={styles.meaning}>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
