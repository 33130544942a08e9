import { Skeleton, SkeletonItem, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

import { Problem } from '@/components/problem';
import { Wait } from '@/components/wait';

const useStyles = makeStyles({
  wait: { padding: tokens.spacingHorizontalM },
  lines: { display: 'grid', rowGap: tokens.spacingVerticalL },
  problem: { padding: tokens.spacingHorizontalM },
});

interface LoadedProps<T> {
  readonly query: {
    readonly data: T | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  /** Completes “… could not be loaded” and “Still waiting for …”. */
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}

/** What SailPoint says, or that it is being asked, or why it does not say it. */
export function Loaded<T>({ query, what, children }: LoadedProps<T>) {
  const styles = useStyles();
  const { data, error, refetch } = query;
  const problem = error && (
    <div className={styles.problem}>
      <Problem
        what={error.message}
        still={
          data === undefined
            ? 'The chat and your conversations still work.'
            : 'What you see was read before.'
        }
        onRetry={() => void refetch()}
      />
    </div>
  );
  if (data !== undefined) {
    return (
      <>
        {problem}
        {children(data)}
      </>
    );
  }
  if (problem) return problem;
  return (
    <div className={styles.wait}>
      <Wait reason={`SailPoint to send ${what}`}>
        <Skeleton className={styles.lines} aria-label={`Loading ${what}`}>
          <SkeletonItem size={32} />
          <SkeletonItem size={32} />
          <SkeletonItem size={32} />
        </Skeleton>
      </Wait>
    </div>
  );
}
