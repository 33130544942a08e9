import { Toast, ToastTitle, Toaster, useId, useToastController } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';

import { titleOf } from '@/features/desk/words';
import type { Notice } from '@/lib/frames';
import { deskKeys, requestsQuery } from '@/lib/queries/desk';
import { proposalKeys } from '@/lib/queries/proposals';
import { useServices } from '@/lib/services';

/** Reads again what the server says has changed, and tells of a request that has moved. */
export function Notices() {
  const { api, socket } = useServices();
  const queries = useQueryClient();
  const toaster = useId('toaster');
  const { dispatchToast } = useToastController(toaster);

  const tellOf = async (requestId: string) => {
    await queries.invalidateQueries({ queryKey: deskKeys.requests });
    const { items } = await queries.query(requestsQuery(api));
    const request = items.find(({ id }) => id === requestId);
    if (!request) return;
    dispatchToast(
      <Toast>
        <ToastTitle>
          {titleOf(request)}: {request.stage}
        </ToastTitle>
      </Toast>,
      { intent: 'info', politeness: 'polite', timeout: 8_000 },
    );
  };
  const onNotice = useEffectEvent((notice: Notice) => {
    for (const queryKey of staleAfter(notice)) void queries.invalidateQueries({ queryKey });
    // That it has changed is all that a failure to read it leaves unsaid.
    if (notice.kind === 'request_changed') tellOf(notice.requestId).catch(() => undefined);
  });
  useEffect(
    () => socket.signals.subscribe((signal) => signal.type === 'notice' && onNotice(signal.notice)),
    [socket],
  );
  return <Toaster toasterId={toaster} position="bottom-end" limit={3} />;
}

function staleAfter(notice: Notice): readonly (readonly string[])[] {
  switch (notice.kind) {
    case 'proposal_changed':
      return notice.status === 'done' ? [proposalKeys.all, deskKeys.all] : [proposalKeys.all];
    case 'request_changed':
      return [
        ['desk', 'access'],
        ['desk', 'requestable'],
      ];
    case 'approvals_changed':
      return [deskKeys.approvals];
    case 'review_changed':
      return [deskKeys.reviews];
    default:
      return [];
  }
}
