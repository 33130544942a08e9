import {
  ClipboardTaskListLtrRegular,
  KeyMultipleRegular,
  MailInboxCheckmarkRegular,
  PeopleTeamRegular,
  SendClockRegular,
  ShieldAddRegular,
  type FluentIcon,
} from '@fluentui/react-icons';

import type { DeskPanel } from '@/lib/desk-place';

interface PanelName {
  readonly panel: DeskPanel;
  readonly name: string;
  readonly Icon: FluentIcon;
}

export const PANELS: readonly PanelName[] = [
  { panel: 'access', name: 'My access', Icon: KeyMultipleRegular },
  { panel: 'request', name: 'Request access', Icon: ShieldAddRegular },
  { panel: 'requests', name: 'My requests', Icon: SendClockRegular },
  { panel: 'approvals', name: 'Approvals', Icon: MailInboxCheckmarkRegular },
  { panel: 'reviews', name: 'Reviews', Icon: ClipboardTaskListLtrRegular },
  { panel: 'team', name: 'My team', Icon: PeopleTeamRegular },
];

export function nameOf(panel: DeskPanel): string {
  return PANELS.find((known) => known.panel === panel)?.name ?? '';
}
