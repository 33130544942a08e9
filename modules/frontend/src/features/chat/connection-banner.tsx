import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';

import { useElapsed } from '@/lib/use-elapsed';

import { useSocketStatus } from './use-socket-status';

export function ConnectionBanner() {
  return useSocketStatus() === 'offline' ? <OfflineBanner /> : null;
}

/** A change of server takes a moment and is no news. */
function OfflineBanner() {
  const lasting = useElapsed(1_000);
  if (!lasting) return null;
  return (
    <MessageBar intent="warning" role="status">
      <MessageBarBody>
        <MessageBarTitle>You are offline.</MessageBarTitle>
        You can keep writing. What you send goes out as soon as you are back.
      </MessageBarBody>
    </MessageBar>
  );
}
