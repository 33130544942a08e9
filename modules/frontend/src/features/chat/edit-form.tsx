import { Button, Caption1, Textarea, makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';

import { isSendable } from './question-text';

const useStyles = makeStyles({
  root: { display: 'grid', rowGap: tokens.spacingVerticalS },
  foot: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'flex-end',
    gap: tokens.spacingHorizontalS,
  },
  note: { flexGrow: 1, color: tokens.colorNeutralForeground3 },
});

interface EditFormProps {
  readonly text: string;
  readonly onSend: (text: string) => void;
  readonly onCancel: () => void;
}

export function EditForm({ text, onSend, onCancel }: EditFormProps) {
  const styles = useStyles();
  const [edited, setEdited] = useState(text);
  const input = useRef<HTMLTextAreaElement>(null);
  const sendable = isSendable(edited) && edited !== text;
  useEffect(() => input.current?.focus(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      onCancel();
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (sendable) onSend(edited);
    }
  };

  return (
    <form
      className={styles.root}
      aria-label="Edit question"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(edited);
      }}
    >
      <Textarea
        aria-label="Edited question"
        textarea={{ ref: input, dir: 'auto' }}
        rows={3}
        resize="vertical"
        value={edited}
        onChange={(_, { value }) => setEdited(value)}
        onKeyDown={onKeyDown}
      />
      <div className={styles.foot}>
        <Caption1 className={styles.note}>What follows this question is replaced.</Caption1>
        <Button onClick={onCancel}>Cancel</Button>
        <Button appearance="primary" type="submit" disabled={!sendable}>
          Send edited question
        </Button>
      </div>
    </form>
  );
}
