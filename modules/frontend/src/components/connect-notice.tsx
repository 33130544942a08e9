import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components';
import { useMutation, useQuery } from '@tanstack/react-query';

import { authorizeUrl, connectionQuery } from '@/lib/queries/connection';
import { useServices } from '@/lib/services';
import { keepPlace } from '@/lib/way-back';

/** Whether SailPoint can be asked on the reader's behalf; undefined while that is unknown. */
export function useIsConnected(): boolean | undefined {
  const { api } = useServices();
  const connection = useQuery(connectionQuery(api));
  // If that cannot be read, what is asked next says what is wrong.
  return connection.isError ? true : connection.data?.connected;
}

/** Where each person gives their own leave: says so until they have. */
export function ConnectNotice() {
  const { api } = useServices();
  const connect = useMutation({
    mutationFn: () => authorizeUrl(api),
    onSuccess: (url) => {
      keepPlace();
      location.assign(url);
    },
  });
  if (useIsConnected() !== false) return null;
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>
          {connect.isError
            ? 'SailPoint could not be reached.'
            : 'SailPoint does not know you here yet.'}
        </MessageBarTitle>
        Connect once, and Icarus sees and does there what you may.
      </MessageBarBody>
      <MessageBarActions>
        <Button size="small" disabledFocusable={connect.isPending} onClick={() => connect.mutate()}>
          Connect SailPoint
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
