import { useSyncExternalStore } from 'react';

import type { SocketStatus } from '@/lib/chat-socket';
import { useServices } from '@/lib/services';

export function useSocketStatus(): SocketStatus {
  const { socket } = useServices();
  return useSyncExternalStore(socket.subscribeStatus, socket.getStatus);
}
