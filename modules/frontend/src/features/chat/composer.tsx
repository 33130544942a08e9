import {
  Button,
  Caption1,
  Textarea,
  Tooltip,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { SendFilled, StopFilled } from '@fluentui/react-icons';
import { useId, type KeyboardEvent } from 'react';

import { useShortcut } from '@/lib/use-shortcut';

import { CommandList, optionId } from './command-list';
import { MAX_QUESTION, isSendable } from './question-text';
import { useCommands } from './use-commands';
import { useFocusReturn } from './use-focus-return';
import { useGrowingTextarea } from './use-growing-textarea';

const useStyles = makeStyles({
  root: {
    position: 'relative',
    display: 'flex',
    alignItems: 'flex-end',
    columnGap: tokens.spacingHorizontalXS,
    padding: tokens.spacingHorizontalS,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusXLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow8,
    ':focus-within': {
      border: `1px solid ${tokens.colorBrandStroke1}`,
      outline: `1px solid ${tokens.colorBrandStroke1}`,
    },
  },
  // The frame around shows the focus for both.
  field: {
    flexGrow: 1,
    minWidth: 0,
    '&, &:hover, &:focus-within, &:active': { border: 0 },
    '::after': { display: 'none' },
  },
  text: { minHeight: 0, maxHeight: '40dvh', overflowY: 'auto' },
  tooLong: { paddingInline: tokens.spacingHorizontalM, color: tokens.colorStatusDangerForeground1 },
});

interface ComposerProps {
  readonly draft: string;
  readonly answering: boolean;
  readonly stopping: boolean;
  readonly onDraft: (text: string) => void;
  readonly onSend: () => void;
  readonly onStop: () => void;
}

export function Composer(props: ComposerProps) {
  const { draft, answering, stopping, onDraft, onSend, onStop } = props;
  const styles = useStyles();
  const input = useGrowingTextarea(draft);
  const commands = useCommands(draft, onDraft);
  const listId = useId();
  const sendable = !answering && isSendable(draft);
  useFocusReturn(input, answering);
  useShortcut('/', () => input.current?.focus());
  useShortcut('Escape', () => answering && onStop());

  const onKeyDown = (event: KeyboardEvent) => {
    if (commands.onKeyDown(event)) return;
    // While composing, for instance Japanese, Enter accepts the characters and sends nothing.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (sendable) onSend();
  };

  return (
    <>
      <div className={styles.root}>
        {commands.active && (
          <CommandList
            id={listId}
            commands={commands.listed}
            active={commands.active}
            onTake={commands.take}
          />
        )}
        <Textarea
          className={styles.field}
          textarea={{ ref: input, className: styles.text, rows: 1, dir: 'auto' }}
          appearance="filled-lighter"
          aria-label="Ask a question"
          aria-autocomplete="list"
          aria-controls={commands.active && listId}
          aria-activedescendant={commands.active && optionId(listId, commands.active)}
          placeholder="Ask, or type / for commands"
          resize="none"
          value={draft}
          onChange={(_, { value }) => onDraft(value)}
          onKeyDown={onKeyDown}
        />
        {answering ? (
          <StopButton stopping={stopping} onStop={onStop} />
        ) : (
          <SendButton disabled={!sendable} onSend={onSend} />
        )}
      </div>
      {draft.length > MAX_QUESTION && (
        <Caption1 className={styles.tooLong} role="status">
          Your question is {(draft.length - MAX_QUESTION).toLocaleString()} characters too long.
        </Caption1>
      )}
    </>
  );
}

function SendButton(props: { readonly disabled: boolean; readonly onSend: () => void }) {
  return (
    <Tooltip content="Send" relationship="label">
      <Button
        appearance="primary"
        shape="circular"
        icon={<SendFilled />}
        disabled={props.disabled}
        onClick={props.onSend}
      />
    </Tooltip>
  );
}

function StopButton(props: { readonly stopping: boolean; readonly onStop: () => void }) {
  return (
    <Tooltip content="Stop answering" relationship="label">
      <Button
        appearance="secondary"
        shape="circular"
        icon={<StopFilled />}
        disabledFocusable={props.stopping}
        onClick={props.onStop}
      />
    </Tooltip>
  );
}
