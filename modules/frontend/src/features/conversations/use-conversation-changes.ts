import { useMutation, useQueryClient } from '@tanstack/react-query';

import { conversationKeys, conversationPath, type Conversation } from '@/lib/queries/conversations';
import { useServices } from '@/lib/services';

export function useRenameConversation(id: string) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (title: string) =>
      api.json<Conversation>(conversationPath(id), {
        method: 'PATCH',
        body: JSON.stringify({ title }),
      }),
    onSuccess: (renamed) => {
      queries.setQueryData(conversationKeys.one(id), renamed);
      return queries.invalidateQueries({ queryKey: conversationKeys.lists });
    },
  });
}

export function useDeleteConversation(id: string) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.request(conversationPath(id), { method: 'DELETE' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: conversationKeys.lists }),
  });
}
