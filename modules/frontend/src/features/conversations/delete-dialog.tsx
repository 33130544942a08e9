import { ConfirmDialog } from '@/components/confirm-dialog';
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
    <ConfirmDialog
      label="Delete conversation"
      question={`Delete “${titleOf(conversation)}”?`}
      keep="Keep"
      action="Delete"
      pending={remove.isPending}
      error={remove.error}
      still="Nothing was deleted."
      onConfirm={() => remove.mutate(undefined, { onSuccess: onDeleted })}
      onClose={onClose}
    >
      Its questions and answers are deleted. This cannot be undone.
    </ConfirmDialog>
  );
}
