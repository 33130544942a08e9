import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
} from '@fluentui/react-components';
import { useState, type SyntheticEvent } from 'react';

import { titleOf } from './title-of';
import { useRenameConversation } from './use-conversation-changes';
import type { Conversation } from '@/lib/queries/conversations';

interface RenameDialogProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

export function RenameDialog({ conversation, onClose }: RenameDialogProps) {
  const [title, setTitle] = useState(titleOf(conversation));
  const rename = useRenameConversation(conversation.id);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    rename.mutate(title.trim(), { onSuccess: onClose });
  };
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogSurface aria-label="Rename conversation">
        <form onSubmit={submit}>
          <DialogBody>
            <DialogTitle>Rename conversation</DialogTitle>
            <DialogContent>
              <Field
                label="Title"
                {...(rename.isError && { validationMessage: rename.error.message })}
              >
                <Input
                  value={title}
                  input={{ dir: 'auto' }}
                  maxLength={200}
                  onChange={(_, { value }) => setTitle(value)}
                  onFocus={(event) => event.target.select()}
                />
              </Field>
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>Cancel</Button>
              <Button
                appearance="primary"
                type="submit"
                disabled={title.trim() === '' || rename.isPending}
              >
                Rename
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
