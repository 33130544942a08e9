import { Body1, Button, Tooltip, makeStyles, tokens } from '@fluentui/react-components';
import { EditRegular } from '@fluentui/react-icons';
import { memo, useState } from 'react';

import { EditForm } from './edit-form';
import type { Entry } from './transcript-model';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    justifyContent: 'flex-end',
    alignItems: 'flex-start',
    columnGap: tokens.spacingHorizontalXS,
    '@media (hover: hover)': {
      '& button': { opacity: 0 },
      '&:hover button, &:focus-within button': { opacity: 1 },
    },
  },
  bubble: {
    maxWidth: 'min(85%, 560px)',
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    borderRadius: tokens.borderRadiusXLarge,
    backgroundColor: tokens.colorBrandBackground2,
    color: tokens.colorNeutralForeground1,
    border: `1px solid ${tokens.colorTransparentStroke}`,
    textAlign: 'start',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
});

interface QuestionProps {
  readonly entry: Entry;
  readonly busy: boolean;
  readonly onEdit: (questionId: string, text: string) => void;
}

export const Question = memo(function Question({ entry, busy, onEdit }: QuestionProps) {
  const styles = useStyles();
  const [editing, setEditing] = useState(false);
  const send = (text: string) => {
    setEditing(false);
    onEdit(entry.id, text);
  };
  if (editing) {
    return <EditForm text={entry.text} onSend={send} onCancel={() => setEditing(false)} />;
  }
  return (
    <article className={styles.root} aria-label="Your question">
      {!busy && (
        <Tooltip content="Edit question" relationship="label">
          <Button
            appearance="subtle"
            size="small"
            icon={<EditRegular />}
            onClick={() => setEditing(true)}
          />
        </Tooltip>
      )}
      <Body1 className={styles.bubble} dir="auto">
        {entry.text}
      </Body1>
    </article>
  );
});
