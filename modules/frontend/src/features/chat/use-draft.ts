import { useState } from 'react';

import { readStored, writeStored } from '@/lib/storage';

/** What is being written in a conversation: survives a reload, and waits while another conversation is open. */
export function useDraft(conversationId: string | null): [string, (text: string) => void] {
  const key = `icarus.draft.${conversationId ?? 'new'}`;
  const [draft, setDraft] = useState(() => ({ key, text: readStored('session', key) ?? '' }));
  if (draft.key !== key) setDraft({ key, text: readStored('session', key) ?? '' });
  const write = (text: string) => {
    writeStored('session', key, text);
    setDraft({ key, text });
  };
  return [draft.text, write];
}
