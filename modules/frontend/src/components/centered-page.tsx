import { makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, useRef, type ReactNode } from 'react';

const useStyles = makeStyles({
  root: {
    boxSizing: 'border-box',
    minHeight: '100dvh',
    display: 'grid',
    placeItems: 'center',
    padding: tokens.spacingHorizontalL,
    backgroundColor: tokens.colorNeutralBackground2,
    ':focus-visible': { outlineStyle: 'none' },
  },
  content: { width: '100%', maxWidth: '440px' },
});

export function CenteredPage({ children }: { readonly children: ReactNode }) {
  const styles = useStyles();
  const page = useRef<HTMLElement>(null);
  // What had the focus on the page before is gone with it.
  useEffect(() => page.current?.focus(), []);
  return (
    <main ref={page} tabIndex={-1} className={styles.root}>
      <div className={styles.content}>{children}</div>
    </main>
  );
}
