import { Button, Field, Textarea } from '@fluentui/react-components';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';

import { Problem } from '@/components/problem';
import type { Approval } from '@/lib/queries/desk-shapes';

import { usePanelStyles } from './panel-styles';
import {
  lacksComment,
  wanted,
  type ApprovalDecision,
  type ApprovalMark,
} from './use-approval-triage';
import { usePrepare } from './use-cards';

const MAX_COMMENT = 500;

interface ApprovalFormProps {
  readonly approval: Approval;
  readonly mark: ApprovalMark | undefined;
  readonly onMark: (id: string, mark: ApprovalMark | null) => void;
}

/** The reader's decision and their comment. It leads to a card and sends nothing. */
export function ApprovalForm({ approval, mark, onMark }: ApprovalFormProps) {
  const styles = usePanelStyles();
  const [text, setText] = useState(mark?.comment ?? '');
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const prepare = usePrepare();
  const isDenied = mark?.decision === 'deny';
  useEffect(() => {
    // Denied by key: the comment is what it takes now.
    if (isDenied) field.current?.focus();
  }, [isDenied]);

  const write = (value: string) => {
    setText(value);
    setMissing(false);
    if (mark) onMark(approval.id, { ...mark, comment: value });
  };
  const show = (decision: ApprovalDecision) => {
    setMissing(lacksComment(decision, text));
    if (lacksComment(decision, text)) field.current?.focus();
    else prepare.mutate(wanted(approval.id, { decision, comment: text }), { onSuccess: unmark });
  };
  const unmark = () => onMark(approval.id, null);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    // Back to the list, where the arrows go on.
    document.querySelector<HTMLElement>(`[data-row="${CSS.escape(approval.id)}"]`)?.focus();
  };
  return (
    <div className={styles.form}>
      <Field
        label="Your comment"
        hint="Needed to deny. The person can read it."
        {...(missing && { validationMessage: 'Say why you deny it.' })}
      >
        <Textarea
          value={text}
          maxLength={MAX_COMMENT}
          resize="vertical"
          textarea={{ ref: field, dir: 'auto' }}
          onChange={(_, { value }) => write(value)}
          onKeyDown={onKeyDown}
        />
      </Field>
      {prepare.isError && <Problem what={prepare.error.message} still="Nothing was sent." />}
      <div className={styles.buttons}>
        <Button disabledFocusable={prepare.isPending} onClick={() => show('approve')}>
          Approve…
        </Button>
        <Button disabledFocusable={prepare.isPending} onClick={() => show('deny')}>
          Deny…
        </Button>
      </div>
    </div>
  );
}
