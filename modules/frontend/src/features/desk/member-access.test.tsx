import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { show } from '@/testing/desk';
import { proposal } from '@/testing/fixtures';
import { deskHandlers, server } from '@/testing/server';

import { MemberAccess } from './member-access';

const takenAway = (id: string, target: string) =>
  proposal({
    id,
    kind: 'revoke_access',
    target,
    status: 'done',
    card: { ...proposal().card, title: `Take ${id} away` },
    settledAt: new Date().toISOString(),
  });

describe('Access of a report', () => {
  it('says what was taken away also when it is listed no more', async () => {
    const access = {
      person: { id: 'lena', name: 'Lena' },
      items: [],
      asOf: '2026-11-30T09:00:00Z',
    };
    const proposals = [
      takenAway('VPN', 'access:lena:vpn'),
      takenAway('Payroll', 'access:ruben:payroll'),
    ];
    server.use(...deskHandlers({ access, proposals }));
    show(<MemberAccess personId="lena" at={undefined} />);

    const gone = await screen.findByRole('region', { name: 'Taken away lately' });
    expect(within(gone).getAllByRole('group')).toHaveLength(1);
    expect(within(gone).getByRole('group', { name: 'Take VPN away' })).toBeVisible();
    expect(screen.getByText('SailPoint shows no access of theirs.')).toBeVisible();
  });
});
