import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { FakeSocket } from '@/testing/fake-socket';
import { server } from '@/testing/server';

import { App } from './app';

beforeEach(() => FakeSocket.install());

async function comeBack(address: string) {
  history.replaceState(null, '', address);
  const user = userEvent.setup();
  render(<App />);
  await user.click(await screen.findByRole('button', { name: 'Continue as Ana Ruiz' }));
  return user;
}

describe('whoever comes back from SailPoint', () => {
  it.each([
    ['connected', 'status', 'SailPoint is connected.'],
    ['declined', 'status', 'SailPoint was not connected.'],
    ['expired', 'status', 'Connecting SailPoint took too long.'],
    ['somebody_else', 'alert', 'Somebody else is signed in at SailPoint'],
    ['failed', 'alert', 'SailPoint could not be connected.'],
  ])('reads that it is %s', async (ending, role, words) => {
    const user = await comeBack(`/?panel=team&sailpoint=${ending}`);

    expect(await screen.findByRole(role, { name: new RegExp(words) })).toBeInTheDocument();
    expect(location.search).toBe('?panel=team');

    await user.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByText(new RegExp(words))).not.toBeInTheDocument();
  });

  it('reads nothing of a word that is unknown', async () => {
    await comeBack('/?sailpoint=perhaps');

    expect(await screen.findByRole('heading', { name: 'New chat' })).toBeInTheDocument();
    expect(location.search).toBe('');
    expect(screen.queryByRole('button', { name: 'Dismiss' })).not.toBeInTheDocument();
  });

  it('is where they were before', async () => {
    sessionStorage.setItem('icarus.place', '/c/unknown');
    await comeBack('/?sailpoint=connected');

    expect(await screen.findByText('SailPoint is connected.')).toBeInTheDocument();
    expect(location.pathname).toBe('/c/unknown');
  });

  it('can try again', async () => {
    server.use(
      http.get('/api/sailpoint/connection', () =>
        HttpResponse.json({ mode: 'user', connected: false }),
      ),
    );
    await comeBack('/?sailpoint=expired');

    expect(await screen.findByRole('button', { name: 'Connect SailPoint' })).toBeInTheDocument();
  });
});
