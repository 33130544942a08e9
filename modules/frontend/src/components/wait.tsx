import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

import { useElapsed } from '@/lib/use-elapsed';

import { SlowNote } from './slow-note';

const useStyles = makeStyles({
  root: { display: 'grid', rowGap: tokens.spacingVerticalM },
});

interface WaitProps {
  readonly reason: string;
  readonly children: ReactNode;
}

/** Shows nothing at first, so that a quick answer does not flicker. */
export function Wait({ reason, children }: WaitProps) {
  const styles = useStyles();
  const worthShowing = useElapsed(200);
  return (
    <div className={styles.root} aria-busy="true">
      {worthShowing && children}
      <SlowNote reason={reason} />
    </div>
  );
}
