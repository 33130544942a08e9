import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { useIsConnected } from '@/components/connect-notice';
import { approvalsQuery, reviewsQuery, teamQuery } from '@/lib/queries/desk';
import { useServices } from '@/lib/services';
import { useElapsed } from '@/lib/use-elapsed';

import { exampleQuestions, type ExampleQuestion } from './example-questions';

type Work = Parameters<typeof exampleQuestions>[0];

/** So long the questions wait for what the person has to do; then they are those for everybody. */
const PATIENCE_MS = 2_000;

const NONE_YET: readonly ExampleQuestion[] = [];

/** Once they are shown they stay: nothing changes under the reader's hand. */
export function useExampleQuestions(): readonly ExampleQuestion[] {
  const [shown, setShown] = useState<readonly ExampleQuestion[] | null>(null);
  const connected = useIsConnected();
  const { known, work } = useWork(connected === true);
  const impatient = useElapsed(PATIENCE_MS);
  if (!shown && (known || impatient || connected === false)) setShown(exampleQuestions(work));
  return shown ?? NONE_YET;
}

/** What the person has to do, and whether all of it has been heard. */
function useWork(enabled: boolean): { readonly known: boolean; readonly work: Work } {
  const { api } = useServices();
  const team = useQuery({ ...teamQuery(api), enabled });
  const approvals = useQuery({ ...approvalsQuery(api), enabled });
  const reviews = useQuery({ ...reviewsQuery(api), enabled });
  return {
    known: [team, approvals, reviews].every(({ isPending }) => !isPending),
    work: {
      hasTeam: (team.data?.items.length ?? 0) > 0,
      hasApprovals: approvals.data?.items.some(({ decidable }) => decidable) ?? false,
      hasReviews: reviews.data?.items.some(({ active }) => active) ?? false,
    },
  };
}
