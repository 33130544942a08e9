import { FluentProvider, webLightTheme } from '@fluentui/react-components';
import { QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter } from 'react-router';

import { ApiClient } from '@/lib/api-client';
import { ChatSocket } from '@/lib/chat-socket';
import { createQueryClient } from '@/lib/query-client';
import { ServicesContext } from '@/lib/services';

/** A part of the page with what it needs around it. */
export function show(part: ReactNode) {
  const getToken = () => Promise.resolve('token');
  const api = new ApiClient('', getToken);
  const socket = new ChatSocket({ url: 'ws://localhost/ws/chat', getToken });
  return render(
    <MemoryRouter>
      <FluentProvider theme={webLightTheme}>
        <QueryClientProvider client={createQueryClient()}>
          <ServicesContext value={{ api, socket }}>{part}</ServicesContext>
        </QueryClientProvider>
      </FluentProvider>
    </MemoryRouter>,
  );
}
