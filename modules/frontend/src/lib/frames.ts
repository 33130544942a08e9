import type { Event, RunAgentInput } from '@ag-ui/core';

import type { Fault } from './fault';

export type ClientFrame =
  | { readonly type: 'auth'; readonly token: string }
  | { readonly type: 'run'; readonly input: RunAgentInput }
  | { readonly type: 'attach'; readonly runId: string; readonly after: string }
  | { readonly type: 'cancel'; readonly runId: string }
  | { readonly type: 'ping' };

/** Something changed outside of what a run says. Kinds that are unknown here say nothing. */
export type Notice =
  | { readonly kind: 'conversation_changed'; readonly conversationId: string }
  | { readonly kind: 'proposal_changed'; readonly proposalId: string; readonly status: string }
  | { readonly kind: 'request_changed'; readonly requestId: string }
  | { readonly kind: 'approvals_changed' }
  | { readonly kind: 'review_changed'; readonly reviewId: string };

export type ControlFrame =
  | {
      readonly type: 'ready';
      readonly user: { readonly id: string; readonly name: string };
      readonly heartbeatSeconds: number;
    }
  | { readonly type: 'pong' }
  | { readonly type: 'reset'; readonly runId: string }
  | ({ readonly type: 'error'; readonly runId?: string } & Fault)
  | { readonly type: 'auth_required'; readonly expiresAt: string }
  | ({ readonly type: 'notice' } & Notice)
  | { readonly type: 'draining' };

export type ServerFrame = ControlFrame | Event;

export function parseFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null;
  try {
    const frame: unknown = JSON.parse(data);
    return isTyped(frame) ? frame : null;
  } catch {
    return null;
  }
}

/** Events have upper-case types, control frames lower-case ones. */
export function isRunEvent(frame: ServerFrame): frame is Event {
  const type: string = frame.type;
  return type === type.toUpperCase();
}

/** The server's word for the rest of the shape is taken: page and server are built together. */
function isTyped(frame: unknown): frame is ServerFrame {
  return (
    typeof frame === 'object' && frame !== null && 'type' in frame && typeof frame.type === 'string'
  );
}
