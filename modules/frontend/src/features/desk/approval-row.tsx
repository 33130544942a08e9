import { Badge, Text } from '@fluentui/react-components';

import { Problem } from '@/components/problem';
import { Quote } from '@/components/quote';
import { dayOf, daysSince } from '@/lib/dates';
import type { Approval } from '@/lib/queries/desk-shapes';

import { ApprovalForm } from './approval-form';
import { Facts } from './facts';
import { Row } from './row';
import { SignalList } from './signal-list';
import { Stages } from './stages';
import { targetCard } from './target-card';
import type { ApprovalMark } from './use-approval-triage';
import type { Cards } from './use-cards';
import { countOf, dayOrUnknown, typeOf } from './words';

interface ApprovalRowProps {
  readonly approval: Approval;
  readonly cards: Cards;
  readonly mark: ApprovalMark | undefined;
  readonly problem: string | undefined;
  readonly open: boolean;
  readonly onToggle: (id: string) => void;
  readonly onMark: (id: string, mark: ApprovalMark | null) => void;
}

export function ApprovalRow(props: ApprovalRowProps) {
  const { approval, cards, mark, problem, open, onToggle, onMark } = props;
  const card = targetCard({ cards, target: `approval:${approval.id}` });
  const status = cards.get(`approval:${approval.id}`)?.[0]?.status;
  const free = approval.decidable && (status === undefined || status === 'refused');
  return (
    <Row
      id={approval.id}
      title={approval.item.name}
      meta={<Meta approval={approval} />}
      aside={<Badges approval={approval} mark={mark} />}
      open={open}
      onToggle={onToggle}
      card={card}
    >
      <ApprovalDetails approval={approval} />
      {problem && <Problem what={problem} still="Nothing was sent." />}
      {free && <ApprovalForm approval={approval} mark={mark} onMark={onMark} />}
    </Row>
  );
}

function Meta({ approval }: { readonly approval: Approval }) {
  const { kind, requestedFor, createdAt, decidable, whyNot } = approval;
  const person = <bdi>{requestedFor.name}</bdi>;
  if (!decidable) {
    return (
      <>
        For {person}. {whyNot ?? 'You cannot decide on this.'}
      </>
    );
  }
  return (
    <>
      {kind === 'revoke' ? 'To be taken from' : 'For'} {person} · waits {ageOf(createdAt)}
    </>
  );
}

function ageOf(createdAt: string | null): string {
  if (!createdAt) return 'for how long is unknown';
  const days = daysSince(createdAt);
  return days < 1 ? 'since today' : `for ${countOf(days, 'day', 'days')}`;
}

function Badges({ approval, mark }: Pick<ApprovalRowProps, 'approval' | 'mark'>) {
  return (
    <>
      {mark && (
        <Badge color={mark.decision === 'approve' ? 'brand' : 'important'}>
          {mark.decision === 'approve' ? 'To approve' : 'To deny'}
        </Badge>
      )}
      {approval.conflicts.length > 0 && (
        <Badge appearance="tint" color="danger">
          Conflict
        </Badge>
      )}
      {approval.privileged && (
        <Badge appearance="tint" color="danger">
          Privileged
        </Badge>
      )}
      {approval.inProgress && (
        <Badge appearance="tint" color="informative">
          In progress
        </Badge>
      )}
    </>
  );
}

function ApprovalDetails({ approval }: { readonly approval: Approval }) {
  const { requester, requestedFor, reason, earlier, conflicts, whyNot } = approval;
  return (
    <>
      {whyNot && <Text weight="semibold">{whyNot}</Text>}
      <Facts
        facts={[
          ['For', requestedFor.name],
          ['Asked by', requester?.name ?? 'unknown'],
          ['Their reason', reason ? <Quote text={reason} /> : 'none given'],
          ['It grants', approval.description ?? 'not described'],
          ['Kind', typeOf(approval.item.type)],
          ['Asked on', dayOrUnknown(approval.createdAt)],
          ['Until', approval.endsAt ? dayOf(approval.endsAt) : 'no end'],
          ['Conflicts', conflicts.length > 0 ? conflicts.join(', ') : null],
          ['To look at', <SignalList key="signals" signals={approval.signals} />],
        ]}
      />
      <Stages steps={earlier} />
    </>
  );
}
