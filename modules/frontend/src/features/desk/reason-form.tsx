import { Button, Field, Input, Textarea } from '@fluentui/react-components';
import { useState, type SyntheticEvent } from 'react';

import { Problem } from '@/components/problem';
import { dateInputValue } from '@/lib/dates';

import { usePanelStyles } from './panel-styles';

const MAX_REASON = 500;

interface ReasonFormProps {
  readonly label: string;
  readonly hint?: string;
  readonly withEnd?: boolean;
  readonly action: string;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onSubmit: (reason: string, endsOn: string | null) => void;
  readonly onCancel: () => void;
}

/** What a change needs besides the record: why, and until when. It leads to a card and sends nothing. */
export function ReasonForm(props: ReasonFormProps) {
  const { label, hint, withEnd = false, action, busy, error, onSubmit, onCancel } = props;
  const styles = usePanelStyles();
  const [reason, setReason] = useState('');
  const [endsOn, setEndsOn] = useState('');
  const [missing, setMissing] = useState(false);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const given = reason.trim();
    setMissing(given === '');
    if (given !== '' && !busy) onSubmit(given, endsOn || null);
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Field
        label={label}
        required
        {...(hint && { hint })}
        {...(missing && { validationMessage: 'Say why. The reason goes with it.' })}
      >
        <Textarea
          value={reason}
          maxLength={MAX_REASON}
          resize="vertical"
          textarea={{ dir: 'auto' }}
          onChange={(_, { value }) => setReason(value)}
        />
      </Field>
      {withEnd && (
        <Field label="Last day" hint="Leave it empty for no end.">
          <Input
            type="date"
            min={tomorrow()}
            value={endsOn}
            onChange={(_, { value }) => setEndsOn(value)}
          />
        </Field>
      )}
      {error && <Problem what={error.message} still="Nothing was sent." />}
      <div className={styles.buttons}>
        <Button type="submit" disabledFocusable={busy}>
          {action}
        </Button>
        <Button appearance="subtle" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function tomorrow(): string {
  const day = new Date();
  day.setDate(day.getDate() + 1);
  return dateInputValue(day);
}
