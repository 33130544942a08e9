import { Caption1, makeStyles, tokens } from '@fluentui/react-components';

import { SlowNote } from '@/components/slow-note';

import type { EntryStatus } from './transcript-model';
import { useSocketStatus } from './use-socket-status';

const useStyles = makeStyles({
  // As high as the buttons that follow, so that the answer stays where it is when it ends.
  root: {
    display: 'flex',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalM,
    minHeight: '24px',
  },
  offline: { lineHeight: '24px', color: tokens.colorNeutralForeground3 },
  dots: { display: 'flex', columnGap: tokens.spacingHorizontalXS },
  dot: {
    width: '6px',
    height: '6px',
    borderRadius: tokens.borderRadiusCircular,
    backgroundColor: tokens.colorNeutralForeground4,
    animationName: { '0%, 60%, 100%': { opacity: 0.25 }, '30%': { opacity: 1 } },
    animationDuration: '1.4s',
    animationIterationCount: 'infinite',
    '@media (prefers-reduced-motion: reduce)': { animationName: 'none' },
    '@media (forced-colors: active)': { backgroundColor: 'CanvasText' },
  },
  second: { animationDelay: '0.2s' },
  third: { animationDelay: '0.4s' },
});

const WAITS_FOR: Partial<Record<EntryStatus, string>> = {
  sending: 'your question to arrive',
  waiting: 'the answer to begin',
  writing: 'the next words of the answer',
};

interface AnswerProgressProps {
  readonly status: EntryStatus;
  readonly textLength: number;
  readonly placeInLine: number | null;
}

export function AnswerProgress({ status, textLength, placeInLine }: AnswerProgressProps) {
  const styles = useStyles();
  const offline = useSocketStatus() === 'offline';
  const reason = WAITS_FOR[status];
  if (!reason) return null;
  if (offline) return <Caption1 className={styles.offline}>{offlineNote(status)}</Caption1>;
  return (
    <div className={styles.root}>
      <span className={styles.dots} aria-hidden>
        <span className={styles.dot} />
        <span className={`${styles.dot} ${styles.second}`} />
        <span className={`${styles.dot} ${styles.third}`} />
      </span>
      {placeInLine === null ? (
        // Whenever text arrives, the wait begins anew.
        <SlowNote key={`${status} ${textLength}`} reason={reason} />
      ) : (
        <Caption1 role="status">{`Many people are asking. You are number ${placeInLine} in line.`}</Caption1>
      )}
    </div>
  );
}

function offlineNote(status: EntryStatus): string {
  return status === 'sending'
    ? 'Will be sent when you are back online'
    : 'Goes on when you are back online';
}
