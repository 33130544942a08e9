import { Caption1, makeStyles, tokens } from '@fluentui/react-components';

import { useElapsed } from '@/lib/use-elapsed';

const useStyles = makeStyles({
  root: { color: tokens.colorNeutralForeground3 },
});

/** Says what one waits for once that takes long. The reason completes the sentence “Still waiting for …”. */
export function SlowNote({ reason }: { readonly reason: string }) {
  const styles = useStyles();
  const long = useElapsed(10_000);
  return (
    <Caption1 className={styles.root} role="status">
      {long && `Still waiting for ${reason}.`}
    </Caption1>
  );
}
