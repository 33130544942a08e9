import { useMutation, useQueryClient } from '@tanstack/react-query';

import { deskKeys } from '@/lib/queries/desk';
import { decide, proposalKeys, type Decision } from '@/lib/queries/proposals';
import { useServices } from '@/lib/services';

/** The reader's word on a card. Whatever the answer is, the server knows what the card is now. */
export function useDecision(proposalId: string) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (decision: Decision) => decide(api, proposalId, decision),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: proposalKeys.all }),
        queries.invalidateQueries({ queryKey: deskKeys.all, refetchType: 'none' }),
      ]),
  });
}
