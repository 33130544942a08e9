import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';

import { Problem } from './problem';

const useStyles = makeStyles({ word: { whiteSpace: 'nowrap' } });

interface ConfirmDialogProps {
  /** Names the dialog. */
  readonly label: string;
  readonly question: string;
  /** What cannot be undone, and what stays. */
  readonly children: ReactNode;
  readonly keep: string;
  readonly action: string;
  readonly pending: boolean;
  readonly error: Error | null;
  /** What the failure left as it was. */
  readonly still: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks once more before something that takes away. Neither answer stands out. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const styles = useStyles();
  const { label, question, children, error, still, pending, onConfirm, onClose } = props;
  return (
    <Dialog open onOpenChange={onClose} modalType="alert">
      <DialogSurface aria-label={label}>
        <DialogBody>
          <DialogTitle>{question}</DialogTitle>
          <DialogContent>
            {children}
            {error && <Problem what={error.message} still={still} />}
          </DialogContent>
          <DialogActions>
            <Button className={styles.word} onClick={onClose}>
              {props.keep}
            </Button>
            <Button className={styles.word} disabledFocusable={pending} onClick={onConfirm}>
              {error ? 'Try again' : props.action}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
