import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components';

interface ExportProblemProps {
  readonly onClose: () => void;
  readonly onRetry: () => void;
}

export function ExportProblem({ onClose, onRetry }: ExportProblemProps) {
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogSurface aria-label="Export failed">
        <DialogBody>
          <DialogTitle>The file could not be made.</DialogTitle>
          <DialogContent>The conversation itself is unharmed.</DialogContent>
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
