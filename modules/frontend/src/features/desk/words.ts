import { dayOf, daysSince } from '@/lib/dates';
import type { AccessRequest, AccessType, Held, ReviewItem } from '@/lib/queries/desk-shapes';

export const UNKNOWN = 'unknown';
const SOON_DAYS = 30;

const TYPES: Readonly<Record<AccessType, string>> = {
  role: 'Role',
  access_profile: 'Access profile',
  entitlement: 'Entitlement',
};

export function typeOf(type: AccessType): string {
  return TYPES[type];
}

const SIGNALS: Readonly<Record<string, string>> = {
  conflict: 'Breaks a rule of separation of duties',
  ended: 'The contract has ended',
  inactive: 'The person is not active any more',
  privileged: 'Privileged: it can do harm',
  unused: 'Not used in the last 90 days',
  seldom_used: 'Seldom used in the last 90 days',
  usage_unknown: 'Use is unknown',
  new: 'New since the last review',
  no_end: 'No end date',
  no_reason: 'No reason given',
  vague_reason: 'The reason says little',
  odd_reason: 'The reason reads like an order to a machine',
  temporary_without_end: 'For a while, it says, and has no end date',
  undescribed: 'Not described',
  waits_long: 'Waits for a month or more',
  fixed: 'Comes by a rule and cannot be revoked here',
};

/** A risk signal in words; one that is unknown here still says something. */
export function signalOf(signal: string): string {
  return SIGNALS[signal] ?? signal.replaceAll('_', ' ');
}

const GRAVE = new Set(['conflict', 'ended', 'inactive', 'odd_reason', 'privileged']);

export function isGrave(signal: string): boolean {
  return GRAVE.has(signal);
}

export function whyHeld({ grantedBy: { kind, name } }: Held): string {
  switch (kind) {
    case 'role':
      return name ? `Through the role ${name}` : 'Through a role';
    case 'access_profile':
      return name ? `Through the access profile ${name}` : 'Through an access profile';
    case 'request':
      return name ? `Requested as ${name}` : 'By a request';
    case 'birthright':
      return 'By a rule: it comes with the job';
    case 'unknown':
      return UNKNOWN;
  }
}

export function dayOrUnknown(moment: string | null): string {
  return moment ? dayOf(moment) : UNKNOWN;
}

export function useOf(daysUsed: number | null): string {
  if (daysUsed === null) return UNKNOWN;
  return daysUsed === 0 ? 'Not in the last 90 days' : `${daysUsed} of the last 90 days`;
}

export function endsSoon({ endsAt }: Pick<Held, 'endsAt'>): boolean {
  return endsAt !== null && -daysSince(endsAt) <= SOON_DAYS;
}

export const RECOMMENDATIONS: Readonly<Record<ReviewItem['recommendation'], string>> = {
  keep: 'Keep',
  revoke: 'Revoke',
  look: 'Look closely',
};

const STATES: Readonly<Record<AccessRequest['state'], string>> = {
  processing: 'Processing',
  waiting_for_approval: 'Waits for approval',
  being_provisioned: 'Being set up',
  done: 'Done',
  rejected: 'Denied',
  expired: 'Expired',
  cancelled: 'Cancelled',
  failed: 'Failed',
};

export function titleOf({ item, requestedFor, forSomebodyElse }: AccessRequest): string {
  return forSomebodyElse ? `${item.name} for ${requestedFor.name}` : item.name;
}

export function stateOf({ state }: AccessRequest): string {
  return STATES[state];
}

export function isOpen({ state }: Pick<AccessRequest, 'state'>): boolean {
  return (
    state === 'processing' || state === 'waiting_for_approval' || state === 'being_provisioned'
  );
}

export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
