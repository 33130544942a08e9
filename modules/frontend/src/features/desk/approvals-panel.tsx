import { Caption1 } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';

import { momentOf } from '@/lib/dates';
import { approvalsQuery } from '@/lib/queries/desk';
import type { Approval, ApprovalList } from '@/lib/queries/desk-shapes';
import { isSettled, type Proposal } from '@/lib/queries/proposals';
import { useServices } from '@/lib/services';

import { ApprovalRow } from './approval-row';
import { JustDecided } from './just-decided';
import { Loaded } from './loaded';
import { Nothing } from './nothing';
import { usePanelStyles } from './panel-styles';
import { SendAll } from './send-all';
import { TriageBar } from './triage-bar';
import { useApprovalTriage } from './use-approval-triage';
import { useCards, type Cards } from './use-cards';
import { useOpenRow } from './use-open-row';
import { useShownRow } from './use-rows';
import { countOf } from './words';

/** What waits for the reader's approval, the riskiest first. */
export function ApprovalsPanel({ at }: { readonly at: string | undefined }) {
  const { api } = useServices();
  const query = useQuery(approvalsQuery(api));
  return (
    <Loaded query={query} what="what waits for you">
      {(approvals) => <Approvals approvals={approvals} at={at} />}
    </Loaded>
  );
}

interface ApprovalsProps {
  readonly approvals: ApprovalList;
  readonly at: string | undefined;
}

function Approvals({ approvals: { items, asOf }, at }: ApprovalsProps) {
  const styles = usePanelStyles();
  const cards = useCards();
  const { openId, toggle } = useOpenRow(at);
  const { list, onKeyDown, ...triage } = useApprovalTriage(items, cards, openId, toggle);
  useShownRow(at, true);
  const marked = triage.marked.size;
  return (
    // eslint-disable-next-line jsx-a11y-x/no-static-element-interactions -- the rows are the buttons
    <div ref={list} onKeyDown={onKeyDown}>
      <SendAll
        label="Cards that wait for you"
        proposals={waitingCards(items, cards)}
        together={(proposal) => !isRisky(items, proposal)}
        apart="What breaks a rule or is privileged wants a click of its own, on its card below."
        withCards={false}
        made={triage.made}
      />
      <JustDecided proposals={gone(items, cards)} />
      {items.length === 0 ? (
        <Nothing
          panel="approvals"
          what="Nothing waits for your approval."
          lesson="When somebody asks for access that you decide on, it is here, the riskiest first."
        />
      ) : (
        <ul className={styles.list} aria-label="What waits for your approval">
          {items.map((approval) => (
            <ApprovalRow
              key={approval.id}
              approval={approval}
              cards={cards}
              mark={triage.marked.get(approval.id)}
              problem={triage.problems.get(approval.id)}
              open={openId === approval.id}
              onToggle={toggle}
              onMark={triage.mark}
            />
          ))}
        </ul>
      )}
      {items.length > 0 && (
        <Caption1 as="p" className={styles.note}>
          {countOf(items.length, 'request', 'requests')} as of {momentOf(asOf)}.{' '}
          <span className={styles.keys}>Keys: A approves, D denies, U takes it back.</span>
        </Caption1>
      )}
      {marked > 0 && (
        <TriageBar
          said={triage.said}
          action={marked === 1 ? 'Show the card' : `Show the ${marked} cards`}
          busy={triage.busy}
          onAction={triage.show}
          onUndo={triage.undo}
        />
      )}
    </div>
  );
}

const PREFIX = 'approval:';

function waitingCards(items: readonly Approval[], cards: Cards): readonly Proposal[] {
  return items.flatMap(({ id }) => {
    const newest = cards.get(PREFIX + id)?.[0];
    return newest?.status === 'pending' ? [newest] : [];
  });
}

function isRisky(items: readonly Approval[], { target }: Proposal): boolean {
  const approval = items.find(({ id }) => target === PREFIX + id);
  return !approval || approval.conflicts.length > 0 || approval.privileged === true;
}

/** What was decided and is not listed any more: its card says what became of it. */
function gone(items: readonly Approval[], cards: Cards): readonly Proposal[] {
  const listed = new Set(items.map(({ id }) => PREFIX + id));
  return [...cards].flatMap(([target, [newest]]) =>
    target.startsWith(PREFIX) && !listed.has(target) && newest && isSettled(newest) ? [newest] : [],
  );
}
