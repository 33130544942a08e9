import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const NARROW = '@media (max-width: 400px)';

const useStyles = makeStyles({
  root: {
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalXS,
    margin: 0,
    [NARROW]: { gridTemplateColumns: 'minmax(0, 1fr)', rowGap: 0 },
  },
  label: { color: tokens.colorNeutralForeground3 },
  value: {
    margin: 0,
    overflowWrap: 'anywhere',
    [NARROW]: { marginBlockEnd: tokens.spacingVerticalS },
  },
});

type Fact = readonly [label: string, value: ReactNode];

/** Labels with values; what is null is left out. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  const styles = useStyles();
  return (
    <dl className={styles.root}>
      {facts.map(([label, value]) =>
        value === null || value === '' ? null : (
          <div key={label} style={{ display: 'contents' }}>
            <dt className={styles.label}>{label}</dt>
            <dd className={styles.value}>
              {typeof value === 'string' ? <bdi>{value}</bdi> : value}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}
