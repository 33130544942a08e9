import { Button, Caption1, Tooltip, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowClockwiseRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';

import { CopyButton } from '@/components/copy-button';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    columnGap: tokens.spacingHorizontalXXS,
    rowGap: tokens.spacingVerticalXS,
    alignItems: 'center',
    marginInlineStart: `calc(-1 * ${tokens.spacingHorizontalXS})`,
  },
  stopped: {
    paddingInline: tokens.spacingHorizontalXS,
    color: tokens.colorNeutralForeground3,
  },
});

interface AnswerActionsProps {
  readonly text: string;
  readonly stopped: boolean;
  readonly onRegenerate: (() => void) | null;
  readonly children: ReactNode;
}

export function AnswerActions(props: AnswerActionsProps) {
  const { text, stopped, onRegenerate, children } = props;
  const styles = useStyles();
  return (
    <div className={styles.root} role="group" aria-label="Answer actions">
      {stopped && <Caption1 className={styles.stopped}>Stopped</Caption1>}
      {text !== '' && <CopyButton label="Copy answer" text={text} />}
      <Tooltip content="Answer again" relationship="label">
        <Button
          appearance="subtle"
          size="small"
          icon={<ArrowClockwiseRegular />}
          disabledFocusable={!onRegenerate}
          onClick={onRegenerate ?? undefined}
        />
      </Tooltip>
      {children}
    </div>
  );
}
