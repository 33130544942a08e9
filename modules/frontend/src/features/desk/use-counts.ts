import { useQuery } from '@tanstack/react-query';

import { useIsConnected } from '@/components/connect-notice';
import type { DeskPanel } from '@/lib/desk-place';
import { approvalsQuery, requestsQuery, reviewsQuery } from '@/lib/queries/desk';
import { useServices } from '@/lib/services';

import { isOpen } from './words';

/** How much there is to see or to do in each panel, as far as that is known. */
export function useCounts(): Partial<Record<DeskPanel, number>> {
  const { api } = useServices();
  const enabled = useIsConnected() === true;
  const requests = useQuery({ ...requestsQuery(api), enabled });
  const approvals = useQuery({ ...approvalsQuery(api), enabled });
  const reviews = useQuery({ ...reviewsQuery(api), enabled });
  return {
    requests: requests.data?.items.filter(isOpen).length ?? 0,
    approvals: approvals.data?.items.filter(({ decidable }) => decidable).length ?? 0,
    reviews:
      reviews.data?.items
        .filter(({ active }) => active)
        .reduce((sum, { total, decided }) => sum + total - decided, 0) ?? 0,
  };
}
