import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { FakeSocket } from '@/testing/fake-socket';
import { server } from '@/testing/server';

import { App } from './app';

beforeEach(() => FakeSocket.install());

async function openMenu() {
  const user = userEvent.setup();
  render(<App />);
  await user.click(await screen.findByRole('button', { name: 'Continue as Ana Ruiz' }));
  await user.click(await screen.findByRole('button', { name: 'Ana Ruiz' }));
  return user;
}

/** Without a layout Fluent takes an open dialog for hidden; the browser's tests see that it is not. */
async function dialogOf(role: 'dialog' | 'alertdialog', label: string) {
  const dialog = await screen.findByRole(role, { hidden: true });
  expect(dialog).toHaveAttribute('aria-label', label);
  return within(dialog);
}

describe('the menu of whoever is signed in', () => {
  it('says who that is', async () => {
    await openMenu();
    expect(await screen.findByText('ana.ruiz@example.com')).toBeInTheDocument();
  });

  it('signs out in this browser, and leaves no draft behind', async () => {
    sessionStorage.setItem('icarus.draft.new', 'between us');
    const user = await openMenu();
    await user.click(screen.getByRole('menuitem', { name: 'Sign out' }));

    expect(await screen.findByText('Choose who you are')).toBeInTheDocument();
    expect(sessionStorage).toHaveLength(0);
  });

  it('signs out everywhere, once that is confirmed', async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.post('/api/sign-out', ({ request }) => {
        asked.push(request.headers.get('Authorization'));
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const user = await openMenu();
    await user.click(screen.getByRole('menuitem', { name: 'Sign out everywhere' }));
    const dialog = await dialogOf('alertdialog', 'Sign out everywhere');
    expect(asked).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Sign out everywhere', hidden: true }));

    expect(await screen.findByText('Choose who you are')).toBeInTheDocument();
    expect(asked).toEqual(['Bearer token of employee']);
  });

  it('stays signed in where that could not be kept, and says so', async () => {
    const fault = { code: 'unavailable', message: 'Not possible right now.', retryable: true };
    server.use(http.post('/api/sign-out', () => HttpResponse.json(fault, { status: 503 })));
    const user = await openMenu();
    await user.click(screen.getByRole('menuitem', { name: 'Sign out everywhere' }));
    const dialog = await dialogOf('alertdialog', 'Sign out everywhere');
    await user.click(dialog.getByRole('button', { name: 'Sign out everywhere', hidden: true }));

    expect(await dialog.findByText('Not possible right now.')).toBeInTheDocument();
    expect(dialog.getByText(/You are still signed in/)).toBeInTheDocument();
    expect(dialog.getByRole('button', { name: 'Try again', hidden: true })).toBeEnabled();
  });

  it('takes back the leave that was given at SailPoint', async () => {
    let connected = true;
    server.use(
      http.get('/api/sailpoint/connection', () => HttpResponse.json({ mode: 'user', connected })),
      http.delete('/api/sailpoint/connection', () => {
        connected = false;
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const user = await openMenu();
    await user.click(await screen.findByRole('menuitem', { name: 'Disconnect SailPoint' }));
    const dialog = await dialogOf('alertdialog', 'Disconnect SailPoint');
    await user.click(dialog.getByRole('button', { name: 'Disconnect', hidden: true }));

    await waitFor(() => expect(connected).toBe(false));
    expect(await screen.findByRole('button', { name: 'Connect SailPoint' })).toBeInTheDocument();
  });
});
