import { Body1, Body1Strong, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

import type { DeskPanel } from '@/lib/desk-place';

import { PANELS } from './panels';

const useStyles = makeStyles({
  root: {
    display: 'grid',
    justifyItems: 'center',
    rowGap: tokens.spacingVerticalS,
    maxWidth: '320px',
    marginInline: 'auto',
    padding: `${tokens.spacingVerticalXXXL} ${tokens.spacingHorizontalL}`,
  },
  icon: { fontSize: '32px', color: tokens.colorNeutralForeground3 },
  lesson: { margin: 0, color: tokens.colorNeutralForeground2 },
  words: { margin: 0 },
});

interface NothingProps {
  readonly panel: DeskPanel;
  readonly what: string;
  /** What will be here some day. */
  readonly lesson: string;
  /** What can be done instead. */
  readonly children?: ReactNode;
}

/** A panel that has nothing to show says so, and what it is for. */
export function Nothing({ panel, what, lesson, children }: NothingProps) {
  const styles = useStyles();
  const Icon = PANELS.find((known) => known.panel === panel)?.Icon;
  return (
    <div className={styles.root}>
      {Icon && <Icon className={styles.icon} aria-hidden />}
      <Body1Strong as="p" align="center" className={styles.words}>
        {what}
      </Body1Strong>
      <Body1 as="p" align="center" className={styles.lesson}>
        {lesson}
      </Body1>
      {children}
    </div>
  );
}
