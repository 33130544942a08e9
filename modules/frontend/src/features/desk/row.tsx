import { makeStyles, mergeClasses, tokens, typographyStyles } from '@fluentui/react-components';
import { ChevronDownRegular, ChevronRightRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';

import { turnsWhenPointedAt } from '@/components/contrast';

const NARROW = '@media (max-width: 480px)';

const useStyles = makeStyles({
  root: {
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    // What is out of sight is not laid out: hundreds of rows cost what the visible ones do.
    contentVisibility: 'auto',
    containIntrinsicSize: 'auto 64px',
  },
  open: {
    backgroundColor: tokens.colorNeutralBackground2,
    contentVisibility: 'visible',
  },
  head: {
    display: 'flex',
    alignItems: 'flex-start',
    columnGap: tokens.spacingHorizontalS,
    width: '100%',
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    font: 'inherit',
    color: 'inherit',
    textAlign: 'start',
    cursor: 'pointer',
    border: 0,
    backgroundColor: 'transparent',
    // The marks stand below the name where there is no room beside it.
    [NARROW]: { flexWrap: 'wrap' },
    ...turnsWhenPointedAt,
    ':focus-visible': {
      outline: `2px solid ${tokens.colorStrokeFocus2}`,
      outlineOffset: '-2px',
    },
  },
  chevron: {
    flexShrink: 0,
    fontSize: '16px',
    lineHeight: 0,
    marginBlockStart: '2px',
    color: tokens.colorNeutralForeground3,
  },
  flipped: { ':dir(rtl)': { transform: 'scaleX(-1)' } },
  text: { display: 'grid', flex: '1 1 0', minWidth: 0, rowGap: '2px' },
  title: { ...typographyStyles.body1Strong, overflowWrap: 'anywhere' },
  meta: {
    ...typographyStyles.caption1,
    color: tokens.colorNeutralForeground3,
    overflowWrap: 'anywhere',
    // A description may be pages long; opened, the row shows all of it.
    display: '-webkit-box',
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way to cut after lines
    WebkitBoxOrient: 'vertical',
    WebkitLineClamp: 3,
    overflow: 'hidden',
  },
  aside: {
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'flex-end',
    flexShrink: 0,
    maxWidth: '45%',
    gap: tokens.spacingHorizontalXS,
    whiteSpace: 'nowrap',
    [NARROW]: {
      flexBasis: '100%',
      justifyContent: 'flex-start',
      maxWidth: 'none',
      marginBlockStart: tokens.spacingVerticalXXS,
      // As far in as the name.
      paddingInlineStart: '24px',
    },
  },
  body: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalM,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalL}`,
    paddingInlineStart: tokens.spacingHorizontalXXXL,
    [NARROW]: { paddingInlineStart: tokens.spacingHorizontalM },
  },
});

interface RowProps {
  readonly id: string;
  readonly title: string;
  readonly meta?: ReactNode;
  readonly aside?: ReactNode;
  readonly open: boolean;
  readonly tabIndex?: number;
  readonly onToggle: (id: string) => void;
  readonly onFocus?: (id: string) => void;
  /** Stands below the head also while the row is closed. */
  readonly card?: ReactNode;
  readonly children: ReactNode;
}

/** One record in a list: its name and what matters, and the rest when it is opened. */
export function Row(props: RowProps) {
  const { open, card, children } = props;
  const styles = useStyles();
  const unfolded = open || Boolean(card);
  return (
    <li className={mergeClasses(styles.root, unfolded && styles.open)}>
      <Head {...props} />
      {unfolded && (
        <div className={styles.body}>
          {open && children}
          {card}
        </div>
      )}
    </li>
  );
}

function Head({ id, title, meta, aside, open, tabIndex, onToggle, onFocus }: RowProps) {
  const styles = useStyles();
  const Chevron = open ? ChevronDownRegular : ChevronRightRegular;
  return (
    <button
      type="button"
      className={styles.head}
      data-row={id}
      aria-expanded={open}
      tabIndex={tabIndex}
      onClick={() => onToggle(id)}
      onFocus={onFocus && (() => onFocus(id))}
    >
      <Chevron className={mergeClasses(styles.chevron, !open && styles.flipped)} aria-hidden />
      <span className={styles.text}>
        <span className={styles.title}>
          <bdi>{title}</bdi>
        </span>
        {meta && <span className={styles.meta}>{meta}</span>}
      </span>
      {aside && <span className={styles.aside}>{aside}</span>}
    </button>
  );
}
