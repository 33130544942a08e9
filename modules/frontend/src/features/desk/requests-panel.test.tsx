import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { show } from '@/testing/desk';
import { accessRequest } from '@/testing/fixtures';
import { deskHandlers, server } from '@/testing/server';

import { RequestsPanel } from './requests-panel';

describe('Requests', () => {
  it('tell apart what was asked for oneself and for somebody else', async () => {
    const forLena = accessRequest({
      id: 'r2',
      requestedFor: { id: 'lena', name: 'Lena Marsh' },
      forSomebodyElse: true,
      requester: { id: 'service', name: 'Access Assistant' },
    });
    server.use(...deskHandlers({ requests: [accessRequest(), forLena] }));
    show(<RequestsPanel at="r2" onOpen={() => undefined} />);

    expect(
      await screen.findByRole('button', { name: /^SAP Finance for Lena Marsh/ }),
    ).toBeVisible();
    expect(screen.getByRole('button', { name: /^SAP Finance(?! for)/ })).toBeVisible();
    expect(screen.getByText('Asked by').nextElementSibling).toHaveTextContent('you');
  });
});
