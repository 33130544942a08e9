import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components';
import {
  ArrowDownloadRegular,
  DeleteRegular,
  MoreHorizontalRegular,
  RenameRegular,
} from '@fluentui/react-icons';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { ProblemDialog } from '@/components/problem-dialog';
import type { Conversation } from '@/lib/queries/conversations';
import { useServices } from '@/lib/services';

import { DeleteDialog } from './delete-dialog';
import { exportConversation, type ExportFormat } from './export-conversation';
import { RenameDialog } from './rename-dialog';
import { titleOf } from './title-of';

interface ConversationMenuProps {
  readonly conversation: Conversation;
  readonly onDeleted: (conversationId: string) => void;
}

export function ConversationMenu({ conversation, onDeleted }: ConversationMenuProps) {
  const { api } = useServices();
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  const title = titleOf(conversation);
  const close = () => setDialog(null);
  const save = useMutation({
    mutationFn: (format: ExportFormat) => exportConversation(api, conversation.id, title, format),
  });
  return (
    <>
      <Menu positioning="below-end">
        <MenuTrigger disableButtonEnhancement>
          <Button
            appearance="subtle"
            size="small"
            icon={<MoreHorizontalRegular />}
            aria-label={`Options for ${title}`}
          />
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            <MenuItem icon={<RenameRegular />} onClick={() => setDialog('rename')}>
              Rename
            </MenuItem>
            <MenuItem icon={<ArrowDownloadRegular />} onClick={() => save.mutate('markdown')}>
              Export as Markdown
            </MenuItem>
            <MenuItem icon={<ArrowDownloadRegular />} onClick={() => save.mutate('json')}>
              Export as JSON
            </MenuItem>
            <MenuItem icon={<DeleteRegular />} onClick={() => setDialog('delete')}>
              Delete
            </MenuItem>
          </MenuList>
        </MenuPopover>
      </Menu>
      {dialog === 'rename' && <RenameDialog conversation={conversation} onClose={close} />}
      {dialog === 'delete' && (
        <DeleteDialog
          conversation={conversation}
          onClose={close}
          onDeleted={() => onDeleted(conversation.id)}
        />
      )}
      {save.isError && (
        <ProblemDialog
          label="Export failed"
          what="The file could not be made."
          still="The conversation itself is unharmed."
          onClose={() => save.reset()}
          onRetry={() => save.mutate(save.variables)}
        />
      )}
    </>
  );
}
