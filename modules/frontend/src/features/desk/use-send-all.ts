import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';

import type { ApiClient } from '@/lib/api-client';
import {
  decide,
  isUnderWay,
  proposalKeys,
  proposalPath,
  type Proposal,
} from '@/lib/queries/proposals';
import { useServices } from '@/lib/services';

const LOOK_EVERY_MS = 500;
const GIVE_UP_MS = 120_000;

export interface Sending {
  readonly sent: number;
  readonly of: number;
  readonly problem: string | null;
  readonly busy: boolean;
}

/**
 * Confirms cards one after the other, each once the one before it came out: of one record only one
 * change may be on its way. Stops at the first that does not come out well; the rest can be sent then.
 */
export function useSendAll() {
  const { api } = useServices();
  const queries = useQueryClient();
  const [sending, setSending] = useState<Sending | null>(null);
  const gone = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    gone.current = controller;
    return () => controller.abort();
  }, []);

  const sendAll = async (proposals: readonly Proposal[]) => {
    const { signal } = gone.current;
    const say = (sent: number, problem: string | null, busy: boolean) =>
      setSending({ sent, of: proposals.length, problem, busy });
    let sent = 0;
    let problem: string | null = null;
    for (const { id } of proposals) {
      say(sent, null, true);
      problem = await send(api, id, signal).catch(messageOf);
      void queries.invalidateQueries({ queryKey: proposalKeys.all });
      if (problem !== null || signal.aborted) break;
      sent += 1;
    }
    if (!signal.aborted) say(sent, problem, false);
  };
  return { sending, sendAll };
}

/** Resolves with what went wrong, or null. */
async function send(api: ApiClient, id: string, signal: AbortSignal): Promise<string | null> {
  let proposal = await decide(api, id, 'confirm');
  const deadline = Date.now() + GIVE_UP_MS;
  while (isUnderWay(proposal) && !signal.aborted && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    proposal = await api.json<Proposal>(proposalPath(id), { signal });
  }
  if (proposal.status === 'done') return null;
  return proposal.status === 'refused'
    ? 'One of them was refused.'
    : 'One of them is not confirmed by SailPoint yet.';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'It could not be sent.';
}
