import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import { show } from '@/testing/desk';
import { approval, proposal } from '@/testing/fixtures';
import { deskHandlers, preparing, server } from '@/testing/server';

import { ApprovalsPanel } from './approvals-panel';

const SAP = approval();
const OWN = approval({
  id: 'a2',
  item: { type: 'role', id: 'i2', name: 'Treasury' },
  decidable: false,
  whyNot: 'You asked for this yourself, so somebody else has to decide.',
});

describe('Approvals', () => {
  it('shows the reason as text, whatever it says', async () => {
    const reason = '<img src=x> [click](https://evil.example)';
    server.use(...deskHandlers({ approvals: [approval({ reason })] }));
    const { container } = show(<ApprovalsPanel at="a1" />);

    expect(await screen.findByText(reason)).toBeVisible();
    expect(container.querySelector('img, a')).toBeNull();
  });

  it('marks by key, takes back, and shows a card only when asked', async () => {
    server.use(...deskHandlers({ approvals: [SAP, OWN] }));
    const bodies = preparing(() => proposal());
    const user = userEvent.setup();
    show(<ApprovalsPanel at={undefined} />);
    (await screen.findByRole('button', { name: /SAP Finance/ })).focus();

    await user.keyboard('a');
    expect(screen.getByText('Marked, not sent: 1 to approve.')).toBeVisible();
    await user.keyboard('u');
    expect(screen.queryByText(/Marked, not sent/)).toBeNull();
    await user.keyboard('a');
    expect(bodies).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Show the card' }));

    expect(bodies).toEqual([
      { kind: 'decide_approval', arguments: { approval_id: 'a1', decision: 'approve' } },
    ]);
    expect(await screen.findByRole('group', { name: 'Approve a request' })).toBeVisible();
  });

  it('wants a reason for a denial', async () => {
    server.use(...deskHandlers({ approvals: [SAP] }));
    const bodies = preparing(() => proposal());
    const user = userEvent.setup();
    show(<ApprovalsPanel at={undefined} />);
    (await screen.findByRole('button', { name: /SAP Finance/ })).focus();
    await user.keyboard('d');
    expect(screen.getByText(/Say why you deny SAP Finance/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Show the card' }));
    expect(bodies).toEqual([]);

    await user.type(screen.getByRole('textbox', { name: /comment/ }), 'Not yours');
    await user.click(screen.getByRole('button', { name: 'Show the card' }));
    expect(bodies).toMatchObject([{ arguments: { decision: 'deny', comment: 'Not yours' } }]);
  });

  it('says why nobody decides for themselves', async () => {
    server.use(...deskHandlers({ approvals: [OWN] }));
    const user = userEvent.setup();
    show(<ApprovalsPanel at="a2" />);
    const row = await screen.findByRole('button', { name: /somebody else has to decide/ });
    row.focus();
    await user.keyboard('a');

    expect(screen.queryByText(/Marked/)).toBeNull();
    expect(screen.queryByRole('button', { name: 'Approve…' })).toBeNull();
  });

  it('shows the card that was made in another tab', async () => {
    server.use(...deskHandlers({ approvals: [SAP], proposals: [proposal()] }));
    show(<ApprovalsPanel at={undefined} />);
    const card = await screen.findByRole('group', { name: 'Approve a request' });
    expect(within(card).getByRole('button', { name: 'Approve' })).toBeVisible();
  });
});
