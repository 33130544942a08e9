import { Skeleton, SkeletonItem, makeStyles, tokens } from '@fluentui/react-components';

import { Wait } from '@/components/wait';

const useStyles = makeStyles({
  root: {
    boxSizing: 'border-box',
    width: '100%',
    maxWidth: '768px',
    marginInline: 'auto',
    padding: `${tokens.spacingVerticalXXL} ${tokens.spacingHorizontalL}`,
  },
  lines: { display: 'grid', rowGap: tokens.spacingVerticalM },
  question: { width: '45%', justifySelf: 'end' },
  last: { width: '70%' },
});

export function TranscriptSkeleton() {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <Wait reason="the conversation">
        <Skeleton className={styles.lines} aria-label="Loading the conversation">
          <SkeletonItem size={36} className={styles.question} />
          <SkeletonItem />
          <SkeletonItem />
          <SkeletonItem className={styles.last} />
        </Skeleton>
      </Wait>
    </div>
  );
}
