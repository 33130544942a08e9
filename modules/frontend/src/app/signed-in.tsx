import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { BrowserRouter } from 'react-router';

import { socketUrl } from '@/config/runtime-config';
import type { Session } from '@/features/auth/session';
import { ConversationCache } from '@/features/chat/conversation-cache';
import { RunStore } from '@/features/chat/run-store';
import { RunStoreContext } from '@/features/chat/run-store-context';
import { ApiClient } from '@/lib/api-client';
import { ChatSocket } from '@/lib/chat-socket';
import { createQueryClient } from '@/lib/query-client';
import { ServicesContext } from '@/lib/services';

import { Shell } from './shell';

interface SignedInProps {
  readonly session: Session;
  readonly apiBaseUrl: string;
}

/** Wires together what lives as long as one person is signed in. */
export function SignedIn({ session, apiBaseUrl }: SignedInProps) {
  const [{ queries, services, runs }] = useState(() => wire(session, apiBaseUrl));
  const { socket } = services;
  const { keeper } = session;
  const signOut = useEffectEvent(session.signOut);

  useEffect(() => {
    const undo = [
      runs.connect(),
      socket.signals.subscribe((signal) => signal.type === 'signed-out' && signOut()),
      keeper.renewed.subscribe(() => socket.renew()),
    ];
    socket.open();
    return () => {
      for (const stop of undo) stop();
      socket.close();
      keeper.stop();
    };
  }, [runs, socket, keeper]);

  return (
    <QueryClientProvider client={queries}>
      <ServicesContext value={services}>
        <RunStoreContext value={runs}>
          <BrowserRouter>
            <Shell session={session} />
          </BrowserRouter>
        </RunStoreContext>
      </ServicesContext>
    </QueryClientProvider>
  );
}

function wire({ keeper }: Session, apiBaseUrl: string) {
  const queries = createQueryClient();
  const api = new ApiClient(apiBaseUrl, keeper.getToken);
  const socket = new ChatSocket({ url: socketUrl(apiBaseUrl), getToken: keeper.getToken });
  const runs = new RunStore(socket, new ConversationCache(queries, api));
  return { queries, services: { api, socket }, runs };
}
