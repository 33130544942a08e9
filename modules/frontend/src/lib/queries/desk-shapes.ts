/** What the server says of SailPoint's records. What SailPoint has no data for is null. */

export type AccessType = 'role' | 'access_profile' | 'entitlement';

export interface PersonRef {
  readonly id: string;
  readonly name: string;
}

export interface AccessRef {
  readonly type: AccessType;
  readonly id: string;
  readonly name: string;
}

export interface Held extends AccessRef {
  readonly technicalName: string | null;
  readonly description: string | null;
  readonly source: string | null;
  readonly grantedBy: {
    readonly kind: 'role' | 'access_profile' | 'request' | 'birthright' | 'unknown';
    readonly id: string | null;
    readonly name: string | null;
  };
  readonly since: string | null;
  readonly endsAt: string | null;
  /** Days of use among the last 90. */
  readonly daysUsed: number | null;
  readonly privileged: boolean | null;
  readonly revocable: boolean | null;
}

export interface HeldAccess {
  readonly person: PersonRef;
  readonly items: readonly Held[];
  readonly asOf: string;
}

export interface RequestableItem extends AccessRef {
  readonly description: string | null;
  readonly owner: string | null;
  readonly status: 'available' | 'pending' | 'assigned';
  readonly reasonRequired: boolean;
}

export interface RequestablePage {
  readonly items: readonly RequestableItem[];
  readonly nextCursor: string | null;
}

export interface ApprovalStep {
  readonly owner: string | null;
  readonly status: string;
  readonly comment: string | null;
  readonly since: string | null;
}

export interface AccessRequest {
  readonly id: string;
  readonly item: { readonly type: AccessType; readonly name: string };
  readonly kind: 'grant' | 'revoke';
  readonly requestedFor: PersonRef;
  readonly forSomebodyElse: boolean;
  readonly requester: PersonRef | null;
  readonly state:
    | 'processing'
    | 'waiting_for_approval'
    | 'being_provisioned'
    | 'done'
    | 'rejected'
    | 'expired'
    | 'cancelled'
    | 'failed';
  readonly stage: string;
  readonly since: string | null;
  readonly createdAt: string | null;
  readonly reason: string | null;
  readonly endsAt: string | null;
  readonly approvals: readonly ApprovalStep[];
  readonly errors: readonly string[];
  readonly cancelable: boolean;
}

export interface RequestList {
  readonly items: readonly AccessRequest[];
  readonly asOf: string;
}

export interface Approval {
  readonly id: string;
  readonly requestId: string | null;
  readonly item: AccessRef;
  readonly description: string | null;
  readonly kind: 'grant' | 'revoke';
  readonly requester: PersonRef | null;
  readonly requestedFor: PersonRef;
  readonly reason: string | null;
  readonly createdAt: string | null;
  readonly endsAt: string | null;
  readonly privileged: boolean | null;
  readonly conflicts: readonly string[];
  readonly signals: readonly string[];
  readonly risk: number;
  readonly earlier: readonly ApprovalStep[];
  readonly commentRequiredToDeny: boolean;
  readonly inProgress: boolean;
  readonly decidable: boolean;
  readonly whyNot: string | null;
}

export interface ApprovalList {
  readonly items: readonly Approval[];
  readonly asOf: string;
}

export interface Review {
  readonly id: string;
  readonly name: string;
  readonly campaign: string | null;
  readonly due: string | null;
  readonly signedAt: string | null;
  readonly decided: number;
  readonly total: number;
  readonly people: number;
  readonly active: boolean;
  /** Which decisions need a comment. */
  readonly comments: 'none' | 'all' | 'revoke';
  readonly canSignOff: boolean;
  readonly whyNot: string | null;
}

export interface ReviewList {
  readonly items: readonly Review[];
  readonly asOf: string;
}

export interface ReviewItem {
  readonly id: string;
  readonly person: PersonRef;
  readonly access: AccessRef;
  readonly description: string | null;
  readonly source: string | null;
  readonly privileged: boolean | null;
  readonly revocable: boolean | null;
  readonly daysUsed: number | null;
  readonly decision: 'approve' | 'revoke' | null;
  readonly comment: string | null;
  readonly signals: readonly string[];
  readonly risk: number;
  readonly recommendation: 'keep' | 'revoke' | 'look';
  readonly summary: string | null;
}

export interface ReviewItems {
  readonly review: Review;
  readonly items: readonly ReviewItem[];
  readonly asOf: string;
}

export interface TeamMember extends PersonRef {
  readonly email: string | null;
  readonly accessCount: number | null;
}

export interface Team {
  readonly items: readonly TeamMember[];
  readonly asOf: string;
}
