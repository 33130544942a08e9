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
const SHORTCUTS: readonly (readonly [keys: string, meaning: string])[] = [
  ['/', 'Write a question, or list the commands while you write'],
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

export function ShortcutsButton({ onShow }: { readonly onShow: () => void }) {
  return (
    <Tooltip content="Keyboard shortcuts" relationship="label">
      <Button appearance="subtle" icon={<KeyboardRegular />} onClick={onShow} />
    </Tooltip>
  );
}

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogSurface aria-label="Keyboard shortcuts">
        <DialogBody>
          <DialogTitle
            action={
              <Button
                appearance="subtle"
                aria-label="Close"
                icon={<DismissRegular />}
                onClick={onClose}
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
