import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { authorizeUrl, connectionKey, connectionQuery, disconnect } from '@/lib/queries/connection';
import { useServices } from '@/lib/services';

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
    onSuccess: (url) => location.assign(url),
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

/** Takes the leave back that the reader gave. */
export function DisconnectButton() {
  const { api } = useServices();
  const queries = useQueryClient();
  const connection = useQuery(connectionQuery(api));
  const leave = useMutation({
    mutationFn: () => disconnect(api),
    onSettled: () => queries.invalidateQueries({ queryKey: connectionKey }),
  });
  if (connection.data?.mode !== 'user' || !connection.data.connected) return null;
  return (
    <Button
      appearance="subtle"
      size="small"
      disabledFocusable={leave.isPending}
      onClick={() => leave.mutate()}
    >
      Disconnect SailPoint
    </Button>
  );
}
