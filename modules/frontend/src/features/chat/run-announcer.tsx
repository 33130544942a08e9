import { makeStyles } from '@fluentui/react-components';
import { useState } from 'react';

import type { RunState } from './run-reducer';

const useStyles = makeStyles({
  root: {
    position: 'absolute',
    width: '1px',
    height: '1px',
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
  },
});

/** Tells a screen reader that an answer began and ended; the text itself is read when the reader wants it. */
export function RunAnnouncer({ state }: { readonly state: RunState | undefined }) {
  const styles = useStyles();
  const [said, setSaid] = useState('');
  const news = state ? announcementOf(state) : said;
  if (news !== said) setSaid(news);
  return (
    <div className={styles.root} role="status" aria-live="polite" aria-label="Answer progress">
      {news}
    </div>
  );
}

function announcementOf({ phase, messages }: RunState): string {
  switch (phase) {
    case 'sending':
      return '';
    case 'answering':
      return messages.length > 0 ? 'Answer started.' : '';
    case 'finished':
      return 'Answer finished.';
    case 'stopped':
      return 'Answer stopped.';
    case 'failed':
    case 'refused':
      return 'Answer failed.';
  }
}
