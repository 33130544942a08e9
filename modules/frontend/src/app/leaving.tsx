import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ConfirmDialog } from '@/components/confirm-dialog';
import type { Session } from '@/features/auth/session';
import { connectionKey, disconnect } from '@/lib/queries/connection';
import { signOutEverywhere } from '@/lib/queries/me';
import { useServices } from '@/lib/services';

interface DisconnectDialogProps {
  readonly onClose: () => void;
}

/** Takes the leave back that the reader gave at SailPoint. */
export function DisconnectDialog({ onClose }: DisconnectDialogProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const leave = useMutation({
    mutationFn: () => disconnect(api),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: connectionKey }),
  });
  return (
    <ConfirmDialog
      label="Disconnect SailPoint"
      question="Disconnect SailPoint?"
      keep="Stay connected"
      action="Disconnect"
      pending={leave.isPending}
      error={leave.error}
      still="SailPoint is still connected."
      onConfirm={() => leave.mutate()}
      onClose={onClose}
    >
      Nothing can be looked up or sent for you until you connect again. Your conversations are kept.
    </ConfirmDialog>
  );
}

interface SignOutEverywhereDialogProps {
  readonly session: Session;
  readonly onClose: () => void;
}

export function SignOutEverywhereDialog({ session, onClose }: SignOutEverywhereDialogProps) {
  const { api } = useServices();
  const out = useMutation({
    mutationFn: async () => {
      await signOutEverywhere(api);
      // From now on the server takes no sign-in from before, whatever the organisation's page says.
      await session.leave().catch(session.signOut);
    },
  });
  return (
    <ConfirmDialog
      label="Sign out everywhere"
      question="Sign out everywhere?"
      keep="Stay signed in"
      action="Sign out everywhere"
      pending={out.isPending}
      error={out.error}
      still="You are still signed in."
      onConfirm={() => out.mutate()}
      onClose={onClose}
    >
      Every window on every device asks you to sign in again. Answers and requests that are under
      way go on, and your conversations are kept.
    </ConfirmDialog>
  );
}
