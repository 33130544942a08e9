import { Button, Field, Textarea, makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';

import { MAX_COMMENT } from '@/lib/queries/feedback';

const useStyles = makeStyles({
  root: {
    flexBasis: '100%',
    minWidth: 0,
    display: 'grid',
    rowGap: tokens.spacingVerticalS,
    paddingInline: tokens.spacingHorizontalXS,
  },
  foot: {
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'flex-end',
    gap: tokens.spacingHorizontalS,
  },
});

interface FeedbackFormProps {
  readonly sending: boolean;
  readonly onSend: (comment: string) => void;
  readonly onCancel: () => void;
}

export function FeedbackForm({ sending, onSend, onCancel }: FeedbackFormProps) {
  const styles = useStyles();
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const comment = text.trim();
  useEffect(() => {
    // On a touch screen the focus would bring up the keyboard.
    if (matchMedia('(hover: hover)').matches) field.current?.focus();
  }, []);

  const send = () => {
    if (comment !== '' && !sending) onSend(comment);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      onCancel();
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };

  return (
    <form
      className={styles.root}
      aria-label="Comment on the answer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Field label="What was not helpful?" hint="If you like. Administrators can read it.">
        <Textarea
          textarea={{ ref: field, dir: 'auto' }}
          rows={2}
          resize="vertical"
          maxLength={MAX_COMMENT}
          value={text}
          onChange={(_, { value }) => setText(value)}
          onKeyDown={onKeyDown}
        />
      </Field>
      <div className={styles.foot}>
        <Button size="small" onClick={onCancel}>
          No comment
        </Button>
        <Button
          size="small"
          appearance="primary"
          type="submit"
          disabled={comment === '' || sending}
        >
          Send comment
        </Button>
      </div>
    </form>
  );
}
