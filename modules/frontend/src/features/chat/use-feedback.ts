import { useMutation, useQueryClient } from '@tanstack/react-query';

import { conversationKeys, type StoredMessage } from '@/lib/queries/conversations';
import { tellFeedback, type Feedback } from '@/lib/queries/feedback';
import { useServices } from '@/lib/services';

/** The reader's word on an answer, told in the order in which it changes. */
export function useFeedback(conversationId: string, answerId: string) {
  const { api } = useServices();
  const queries = useQueryClient();
  const queryKey = conversationKeys.messages(conversationId);
  return useMutation({
    scope: { id: `feedback of ${answerId}` },
    mutationFn: (feedback: Feedback | null) => tellFeedback(api, answerId, feedback),
    onSuccess: (_, feedback) => {
      const known = queries.setQueryData<readonly StoredMessage[]>(queryKey, (messages) =>
        messages?.map((message) => (message.id === answerId ? { ...message, feedback } : message)),
      );
      // What is being read may be from before, and an answer that has just ended may not be known yet.
      const isSure = known?.some(({ id }) => id === answerId) && !queries.isFetching({ queryKey });
      return isSure ? undefined : queries.invalidateQueries({ queryKey });
    },
  });
}
