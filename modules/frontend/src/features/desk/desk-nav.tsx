import {
  CounterBadge,
  makeStyles,
  mergeClasses,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { Link, useLocation } from 'react-router';

import { turnsWhenChosen, turnsWhenPointedAt } from '@/components/contrast';
import { deskSearch, type DeskPanel } from '@/lib/desk-place';

import { PANELS } from './panels';
import { useCounts } from './use-counts';
import { useRows } from './use-rows';

const CHOSEN_BAR = {
  content: '""',
  position: 'absolute',
  insetInline: 0,
  insetBlockEnd: 0,
  height: '3px',
  backgroundColor: 'Highlight',
} as const;

const useStyles = makeStyles({
  root: { flexShrink: 0, width: '100%' },
  list: {
    display: 'grid',
    rowGap: '2px',
    margin: 0,
    padding: tokens.spacingHorizontalS,
    listStyleType: 'none',
  },
  strip: {
    display: 'flex',
    justifyContent: 'space-between',
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  link: {
    ...typographyStyles.body1,
    position: 'relative',
    display: 'flex',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    color: tokens.colorNeutralForeground1,
    textDecorationLine: 'none',
    borderRadius: tokens.borderRadiusMedium,
    ...turnsWhenPointedAt,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  current: {
    fontWeight: tokens.fontWeightSemibold,
    ...turnsWhenChosen,
    '& svg': { color: tokens.colorBrandForeground1 },
    // Where the system's colours rule, no background of ours is left to tell it by.
    '@media (forced-colors: active)': { '::after': CHOSEN_BAR },
  },
  icon: { flexShrink: 0, fontSize: '20px', color: tokens.colorNeutralForeground2 },
  name: { flexGrow: 1 },
  corner: { position: 'absolute', insetBlockStart: 0, insetInlineEnd: 0 },
});

interface DeskNavProps {
  readonly current: DeskPanel | null;
  /** Above an open panel: icons side by side, so that the next panel is one click away. */
  readonly compact?: boolean;
}

/** The panels, with how much there is in each. */
export function DeskNav({ current, compact = false }: DeskNavProps) {
  const styles = useStyles();
  const { pathname } = useLocation();
  const counts = useCounts();
  const { list, onKeyDown } = useRows<HTMLElement>();
  return (
    // eslint-disable-next-line jsx-a11y-x/no-noninteractive-element-interactions -- arrows walk the links
    <nav
      className={styles.root}
      aria-label="Your access and tasks"
      ref={list}
      onKeyDown={onKeyDown}
    >
      <ul className={mergeClasses(styles.list, compact && styles.strip)}>
        {PANELS.map(({ panel, name, Icon }) => {
          const count = counts[panel] ?? 0;
          return (
            <li key={panel}>
              <Link
                className={mergeClasses(styles.link, current === panel && styles.current)}
                to={{ pathname, search: deskSearch({ panel }) }}
                data-row={panel}
                aria-current={current === panel ? 'page' : undefined}
                aria-label={labelOf(name, count)}
                title={compact ? name : undefined}
              >
                <Icon className={styles.icon} aria-hidden />
                {!compact && <span className={styles.name}>{name}</span>}
                {count > 0 && (
                  <CounterBadge
                    aria-hidden
                    className={compact ? styles.corner : ''}
                    count={count}
                    overflowCount={9999}
                    color={panel === 'requests' ? 'informative' : 'brand'}
                    size="small"
                  />
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function labelOf(name: string, count: number): string {
  return count > 0 ? `${name}, ${count}` : name;
}
