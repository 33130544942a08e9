import {
  Badge,
  Button,
  Spinner,
  Subtitle2,
  Text,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { WarningRegular } from '@fluentui/react-icons';

import { Problem } from '@/components/problem';
import { isUnderWay, type Proposal } from '@/lib/queries/proposals';
import { usePassed } from '@/lib/use-passed';

import { badgeOf, shownValue, wordsOf } from './proposal-words';
import { useDecision } from './use-decision';

const NARROW = '@media (max-width: 400px)';

const useStyles = makeStyles({
  root: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalM,
    padding: tokens.spacingHorizontalL,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusXLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow4,
  },
  settled: { boxShadow: 'none', backgroundColor: tokens.colorNeutralBackground2 },
  head: {
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
  },
  title: { margin: 0 },
  lines: {
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
    whiteSpace: 'pre-wrap',
    [NARROW]: { marginBlockEnd: tokens.spacingVerticalS },
  },
  warning: {
    display: 'flex',
    columnGap: tokens.spacingHorizontalS,
    padding: tokens.spacingHorizontalS,
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorStatusWarningForeground1,
    backgroundColor: tokens.colorStatusWarningBackground1,
  },
  icon: { flexShrink: 0, fontSize: '20px' },
  news: { display: 'flex', columnGap: tokens.spacingHorizontalS, alignItems: 'center' },
  ids: {
    color: tokens.colorNeutralForeground3,
    fontFamily: tokens.fontFamilyMonospace,
    overflowWrap: 'anywhere',
  },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

/** Exactly what will be sent, and the click that sends it; afterwards what became of it. */
export function ProposalCard({ proposal }: { readonly proposal: Proposal }) {
  const styles = useStyles();
  const expired = usePassed(proposal.expiresAt);
  const { card, status } = proposal;
  const open = status === 'pending' && !expired;
  return (
    <div
      className={mergeClasses(styles.root, !open && styles.settled)}
      role="group"
      aria-label={card.title}
      data-status={open || status !== 'pending' ? status : 'expired'}
    >
      <div className={styles.head}>
        <Subtitle2 as="h3" className={styles.title}>
          {card.title}
        </Subtitle2>
        <State proposal={proposal} expired={expired} />
      </div>
      <dl className={styles.lines}>
        {card.lines.map(({ label, value }) => (
          <Line key={label} label={label} value={value} />
        ))}
      </dl>
      {open && card.warning && (
        <div className={styles.warning}>
          <WarningRegular className={styles.icon} aria-hidden />
          <Text>{card.warning}</Text>
        </div>
      )}
      <News proposal={proposal} expired={expired} />
      <Word proposal={proposal} open={open} />
    </div>
  );
}

interface StateProps {
  readonly proposal: Proposal;
  readonly expired: boolean;
}

function State({ proposal, expired }: StateProps) {
  const { text, color, quiet } = badgeOf(proposal, expired);
  return (
    <Badge appearance={quiet ? 'outline' : 'tint'} color={color} shape="rounded">
      {text}
    </Badge>
  );
}

function Line({ label, value }: { readonly label: string; readonly value: string }) {
  const styles = useStyles();
  return (
    <>
      <dt className={styles.label}>{label}</dt>
      <dd className={styles.value} dir="auto">
        {shownValue(value)}
      </dd>
    </>
  );
}

function News({ proposal, expired }: StateProps) {
  const styles = useStyles();
  const ids = Object.values(proposal.outcome?.ids ?? {});
  return (
    <div role="status">
      <div className={styles.news}>
        {isUnderWay(proposal) && <Spinner size="extra-tiny" aria-hidden />}
        <Text>{wordsOf(proposal, expired)}</Text>
      </div>
      {ids.length > 0 && (
        <Text size={200} className={styles.ids}>
          {ids.join(' ')}
        </Text>
      )}
    </div>
  );
}

function Word({ proposal, open }: { readonly proposal: Proposal; readonly open: boolean }) {
  const styles = useStyles();
  const word = useDecision(proposal.id);
  const { card, status, outcome } = proposal;
  const again = status === 'unknown' && outcome?.isAbsent;
  return (
    <>
      {word.isError && <Problem what={word.error.message} still="Nothing was sent twice." />}
      {open && (
        <div className={styles.buttons}>
          <Button
            // What takes something away, or lasts, has no button that stands out.
            appearance={proposal.kind === 'request_access' ? 'primary' : 'secondary'}
            disabledFocusable={word.isPending}
            onClick={() => word.mutate('confirm')}
          >
            {card.confirm}
          </Button>
          <Button disabledFocusable={word.isPending} onClick={() => word.mutate('decline')}>
            {card.decline}
          </Button>
        </div>
      )}
      {again && (
        <div className={styles.buttons}>
          <Button disabledFocusable={word.isPending} onClick={() => word.mutate('send_again')}>
            Send again
          </Button>
        </div>
      )}
    </>
  );
}
