import { Skeleton, SkeletonItem, makeStyles, tokens } from '@fluentui/react-components';

import { Wait } from '@/components/wait';

const useStyles = makeStyles({
  lines: { display: 'grid', rowGap: tokens.spacingVerticalL, padding: tokens.spacingHorizontalM },
});

export function ListSkeleton() {
  const styles = useStyles();
  return (
    <Wait reason="your conversations">
      <Skeleton className={styles.lines} aria-label="Loading your conversations">
        <SkeletonItem />
        <SkeletonItem />
        <SkeletonItem />
      </Skeleton>
    </Wait>
  );
}
