import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components';

import { Problem } from '@/components/problem';
import type { Conversation } from '@/lib/queries/conversations';

import { titleOf } from './title-of';
import { useDeleteConversation } from './use-conversation-changes';

interface DeleteDialogProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

export function DeleteDialog({ conversation, onClose, onDeleted }: DeleteDialogProps) {
  const remove = useDeleteConversation(conversation.id);
  return (
    <Dialog open onOpenChange={onClose} modalType="alert">
      <DialogSurface aria-label="Delete conversation">
        <DialogBody>
          <DialogTitle>Delete “{titleOf(conversation)}”?</DialogTitle>
          <DialogContent>
            Its questions and answers are deleted. This cannot be undone.
            {remove.isError && <Problem what={remove.error.message} still="Nothing was deleted." />}
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose}>Keep</Button>
            <Button
              disabled={remove.isPending}
              onClick={() => remove.mutate(undefined, { onSuccess: onDeleted })}
            >
              Delete
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
