import { FluentProvider, webLightTheme } from '@fluentui/react-components';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryRouter } from 'react-router';

import { ApiClient } from '@/lib/api-client';
import { ChatSocket } from '@/lib/chat-socket';
import { createQueryClient } from '@/lib/query-client';
import { ServicesContext } from '@/lib/services';
import { conversation } from '@/testing/fixtures';
import { conversationHandlers, server } from '@/testing/server';

import { ConversationsPane } from './conversations-pane';

const TODAY = conversation({ id: 'c1', title: 'Access to SAP' });
const OLD = conversation({ id: 'c2', title: 'Oracle', updatedAt: '2024-02-01T12:00:00Z' });

const onDeleted = vi.fn();

function show() {
  const getToken = () => Promise.resolve('token');
  const services = {
    api: new ApiClient('', getToken),
    socket: new ChatSocket({ url: 'ws://test', getToken }),
  };
  render(
    <FluentProvider theme={webLightTheme}>
      <QueryClientProvider client={createQueryClient()}>
        <ServicesContext value={services}>
          <MemoryRouter>
            <ConversationsPane openId="c1" onDeleted={onDeleted} />
          </MemoryRouter>
        </ServicesContext>
      </QueryClientProvider>
    </FluentProvider>,
  );
  return userEvent.setup();
}

async function choose(user: ReturnType<typeof show>, item: string) {
  await user.click(await screen.findByRole('button', { name: 'Options for Access to SAP' }));
  await user.click(await screen.findByRole('menuitem', { name: item }));
}

beforeEach(() => {
  onDeleted.mockReset();
  server.use(...conversationHandlers([TODAY, OLD]));
});

describe('ConversationsPane', () => {
  it('groups by day', async () => {
    show();
    const today = await screen.findByRole('region', { name: 'Today' });
    expect(within(today).getByRole('link', { name: 'Access to SAP' })).toBeInTheDocument();
    expect(screen.getByRole('region', { name: /2024/ })).toBeInTheDocument();
  });

  it('searches on the server', async () => {
    const user = show();
    await user.type(screen.getByRole('searchbox', { name: 'Search conversations' }), 'Oracle');
    await waitFor(() => expect(screen.queryByText('Access to SAP')).not.toBeInTheDocument());
    expect(screen.getByRole('link', { name: 'Oracle' })).toBeInTheDocument();
  });

  it('says when nothing is found', async () => {
    const user = show();
    await user.type(screen.getByRole('searchbox', { name: 'Search conversations' }), 'Nowhere');
    expect(await screen.findByText('Nothing found for “Nowhere”.')).toBeInTheDocument();
  });

  it('renames', async () => {
    const renamed = vi.fn();
    server.use(
      http.patch('/api/conversations/c1', async ({ request }) => {
        renamed(await request.json());
        return HttpResponse.json({ ...TODAY, title: 'SAP' });
      }),
    );
    const user = show();
    await choose(user, 'Rename');
    const field = screen.getByRole('textbox', { name: 'Title' });
    await user.clear(field);
    await user.type(field, 'SAP{Enter}');
    await waitFor(() => expect(renamed).toHaveBeenCalledWith({ title: 'SAP' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  });

  it('deletes only after a second click', async () => {
    const deleted = vi.fn();
    server.use(
      http.delete('/api/conversations/c1', () => {
        deleted();
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const user = show();
    await choose(user, 'Delete');
    expect(deleted).not.toHaveBeenCalled();
    await user.click(screen.getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(onDeleted).toHaveBeenCalledWith('c1'));
  });

  it('says that nothing was deleted when the server refuses', async () => {
    const fault = { code: 'forbidden', message: 'This is kept for an audit.', retryable: false };
    server.use(
      http.delete('/api/conversations/c1', () => HttpResponse.json(fault, { status: 403 })),
    );
    const user = show();
    await choose(user, 'Delete');
    await user.click(screen.getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText('This is kept for an audit.')).toBeInTheDocument();
    expect(onDeleted).not.toHaveBeenCalled();
  });

  it.each(['markdown', 'json'])('exports as %s', async (format) => {
    const asked = vi.fn();
    const save = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
    URL.createObjectURL = () => 'blob:file';
    URL.revokeObjectURL = () => undefined;
    server.use(
      http.get('/api/conversations/c1/export', ({ request }) => {
        asked(new URL(request.url).searchParams.get('format'));
        return HttpResponse.text('# Access to SAP');
      }),
    );
    const user = show();
    await choose(user, format === 'json' ? 'Export as JSON' : 'Export as Markdown');
    await waitFor(() => expect(save).toHaveBeenCalled());
    expect(asked).toHaveBeenCalledWith(format);
  });

  it('offers to try again when the list cannot be read', async () => {
    const fault = { code: 'forbidden', message: 'No.', retryable: false };
    server.use(http.get('/api/conversations', () => HttpResponse.json(fault, { status: 403 })));
    const user = show();
    const again = await screen.findByRole('button', { name: 'Try again' });
    server.use(...conversationHandlers([TODAY]));
    await user.click(again);
    expect(await screen.findByRole('link', { name: 'Access to SAP' })).toBeInTheDocument();
  });
});
