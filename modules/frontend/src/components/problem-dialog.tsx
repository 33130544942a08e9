import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components';

interface ProblemDialogProps {
  /** Names the dialog. */
  readonly label: string;
  readonly what: string;
  readonly still: string;
  readonly onClose: () => void;
  readonly onRetry: () => void;
}

/** What did not work of something that was chosen from a menu, which has closed since. */
export function ProblemDialog({ label, what, still, onClose, onRetry }: ProblemDialogProps) {
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogSurface aria-label={label}>
        <DialogBody>
          <DialogTitle>{what}</DialogTitle>
          <DialogContent>{still}</DialogContent>
          <DialogActions>
            <Button onClick={onClose}>Close</Button>
            <Button appearance="primary" onClick={onRetry}>
              Try again
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
