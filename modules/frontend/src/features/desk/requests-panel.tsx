import { Badge, Button, Caption1, type BadgeProps } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';

import { Quote } from '@/components/quote';
import { dayOf, momentOf } from '@/lib/dates';
import type { DeskPlace } from '@/lib/desk-place';
import { requestsQuery } from '@/lib/queries/desk';
import type { AccessRequest, RequestList } from '@/lib/queries/desk-shapes';
import { useServices } from '@/lib/services';

import { Facts } from './facts';
import { Loaded } from './loaded';
import { Nothing } from './nothing';
import { usePanelStyles } from './panel-styles';
import { ReasonedChange } from './reasoned-change';
import { Row } from './row';
import { Stages } from './stages';
import { targetCard } from './target-card';
import { useCards, type Cards } from './use-cards';
import { useOpenRow } from './use-open-row';
import { useRows, useShownRow } from './use-rows';
import { dayOrUnknown, isOpen, stateOf, titleOf, typeOf } from './words';

interface RequestsPanelProps {
  readonly at: string | undefined;
  readonly onOpen: (place: DeskPlace) => void;
}

/** Where the reader's requests are. */
export function RequestsPanel({ at, onOpen }: RequestsPanelProps) {
  const { api } = useServices();
  const query = useQuery(requestsQuery(api));
  return (
    <Loaded query={query} what="your requests">
      {(requests) => <Requests requests={requests} at={at} onOpen={onOpen} />}
    </Loaded>
  );
}

function Requests({ requests, at, onOpen }: RequestsPanelProps & { requests: RequestList }) {
  const styles = usePanelStyles();
  const cards = useCards();
  const { openId, toggle } = useOpenRow(at);
  const { list, onKeyDown } = useRows();
  useShownRow(at, true);
  if (requests.items.length === 0) {
    return (
      <Nothing
        panel="requests"
        what="You have not requested anything yet."
        lesson="What you ask for is followed here, step by step, until you hold it."
      >
        <Button onClick={() => onOpen({ panel: 'request' })}>Request access</Button>
      </Nothing>
    );
  }
  const groups = [
    ['Under way', requests.items.filter(isOpen)],
    ['Finished', requests.items.filter((request) => !isOpen(request))],
  ] as const;
  return (
    // eslint-disable-next-line jsx-a11y-x/no-static-element-interactions -- the rows are the buttons
    <div ref={list} onKeyDown={onKeyDown}>
      {groups.map(([name, members]) =>
        members.length === 0 ? null : (
          <section key={name} aria-label={name}>
            <h3 className={styles.group}>
              {name} · {members.length}
            </h3>
            <ul className={styles.list}>
              {members.map((request) => (
                <RequestRow
                  key={`${request.id} ${request.item.name}`}
                  request={request}
                  cards={cards}
                  open={openId === request.id}
                  onToggle={toggle}
                />
              ))}
            </ul>
          </section>
        ),
      )}
      <Caption1 as="p" className={styles.note}>
        As of {momentOf(requests.asOf)}.
      </Caption1>
    </div>
  );
}

const COLORS: Readonly<Record<AccessRequest['state'], NonNullable<BadgeProps['color']>>> = {
  processing: 'informative',
  waiting_for_approval: 'warning',
  being_provisioned: 'informative',
  done: 'success',
  rejected: 'danger',
  expired: 'informative',
  cancelled: 'informative',
  failed: 'danger',
};

interface RequestRowProps {
  readonly request: AccessRequest;
  readonly cards: Cards;
  readonly open: boolean;
  readonly onToggle: (id: string) => void;
}

function RequestRow({ request, cards, open, onToggle }: RequestRowProps) {
  const color = COLORS[request.state];
  return (
    <Row
      id={request.id}
      title={titleOf(request)}
      meta={isOpen(request) ? request.stage : dayOrUnknown(request.since)}
      aside={
        <Badge appearance="tint" color={color}>
          {stateOf(request)}
        </Badge>
      }
      open={open}
      onToggle={onToggle}
      card={targetCard({ cards, target: `request:${request.id}` })}
    >
      <RequestDetails request={request} />
      {request.cancelable && !cards.has(`request:${request.id}`) && <Cancel request={request} />}
    </Row>
  );
}

function RequestDetails({ request }: { readonly request: AccessRequest }) {
  const { requestedFor } = request;
  return (
    <>
      <Facts
        facts={[
          ['Stage', request.stage],
          ['Since', request.since ? momentOf(request.since) : 'unknown'],
          [
            'What',
            `${request.kind === 'revoke' ? 'To take away: ' : ''}${typeOf(request.item.type)}`,
          ],
          ['For', request.forSomebodyElse ? requestedFor.name : null],
          ['Asked by', askedBy(request)],
          ['Asked on', dayOrUnknown(request.createdAt)],
          ['Until', request.endsAt ? dayOf(request.endsAt) : null],
          ['Reason', request.reason && <Quote text={request.reason} />],
          ['What went wrong', request.errors.length > 0 ? request.errors.join(' ') : null],
        ]}
      />
      <Stages steps={request.approvals} />
    </>
  );
}

function askedBy({ requester, requestedFor, forSomebodyElse }: AccessRequest): string | null {
  if (forSomebodyElse) return 'you';
  return requester && requester.id !== requestedFor.id ? requester.name : null;
}

function Cancel({ request }: { readonly request: AccessRequest }) {
  return (
    <ReasonedChange
      offer="Cancel this request"
      label="Why should it be cancelled?"
      action="Show what will be cancelled"
      wanted={(reason) => ({
        kind: 'cancel_request',
        args: { request_id: request.id, reason },
      })}
    />
  );
}
