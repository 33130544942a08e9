import { dayOf, momentOf, timeOf } from '@/lib/dates';
import type { Proposal, ProposalStatus } from '@/lib/queries/proposals';

const WORDS: Readonly<Record<ProposalStatus, string>> = {
  pending: 'Nothing is sent before you confirm it.',
  confirmed: 'Confirmed. It is sent as soon as SailPoint takes it.',
  sending: 'Being sent. SailPoint is still processing it.',
  done: 'Done.',
  refused: 'It was refused. Nothing was changed.',
  unknown: 'Not confirmed yet. It is being looked up in SailPoint.',
  declined: 'You decided against it. Nothing was sent.',
  expired: 'This has expired, and nothing was sent. Ask for it again.',
};

/** What became of a change, in words. */
export function wordsOf(proposal: Proposal, expired: boolean): string {
  const { status, outcome, queuePosition } = proposal;
  if (status === 'pending' && expired) return WORDS.expired;
  if (status === 'confirmed' && typeof queuePosition === 'number') {
    return `SailPoint is unavailable, your request is queued. It is number ${queuePosition} in line.`;
  }
  if (status === 'unknown' && outcome?.asOf) return unconfirmed(outcome.asOf, outcome.isAbsent);
  return cameOut(status, outcome);
}

function cameOut(status: ProposalStatus, outcome: Proposal['outcome']): string {
  if (status === 'done' && outcome?.isOurs === false)
    return `${outcome.words ?? ''} It was so already.`;
  return outcome?.words ?? WORDS[status];
}

function unconfirmed(asOf: string, isAbsent: boolean | undefined): string {
  const what = `Not confirmed as of ${momentOf(asOf)}.`;
  return isAbsent
    ? `${what} SailPoint does not show it. It is looked up again now and then.`
    : `${what} It is being looked up in SailPoint.`;
}

/** A day, which the server writes as 2027-01-31, as the reader writes it. */
export function shownValue(value: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? dayOf(`${value}T12:00`) : value;
}

export interface Badge {
  readonly text: string;
  readonly color: 'success' | 'danger' | 'warning' | 'informative';
  /** No news. */
  readonly quiet?: boolean;
}

/** The state in a word or two, for the head of the card. */
export function badgeOf({ status, expiresAt }: Proposal, expired: boolean): Badge {
  if (status === 'pending' && !expired) {
    return { text: `Expires ${timeOf(expiresAt)}`, color: 'informative', quiet: true };
  }
  return BADGES[status === 'pending' ? 'expired' : status];
}

const BADGES: Readonly<Record<Exclude<ProposalStatus, 'pending'>, Badge>> = {
  confirmed: { text: 'Confirmed', color: 'informative' },
  sending: { text: 'Being sent', color: 'informative' },
  done: { text: 'Done', color: 'success' },
  refused: { text: 'Refused', color: 'danger' },
  unknown: { text: 'Not confirmed', color: 'warning' },
  declined: { text: 'Not sent', color: 'informative', quiet: true },
  expired: { text: 'Expired', color: 'informative', quiet: true },
};
