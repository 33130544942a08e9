import { createContext, useContext } from 'react';

import type { ApiClient } from './api-client';
import type { ChatSocket } from './chat-socket';

export interface Services {
  readonly api: ApiClient;
  readonly socket: ChatSocket;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('ServicesContext is missing above this component.');
  return services;
}
