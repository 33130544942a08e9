import { useMemo, useState } from 'react';

import type { Approval } from '@/lib/queries/desk-shapes';

import type { Mark } from './marks';
import { usePrepare, type Cards, type Wanted } from './use-cards';
import { useMarks } from './use-marks';
import { useRows } from './use-rows';

export const DECISIONS = ['approve', 'deny'] as const;

export type ApprovalDecision = (typeof DECISIONS)[number];

export type ApprovalMark = Mark<ApprovalDecision>;

const KEY = 'icarus.marks.approvals';

/** Approvals one after the other by keyboard: marks first, cards when the reader asks for them. */
export function useApprovalTriage(
  items: readonly Approval[],
  cards: Cards,
  openId: string | null,
  toggle: (id: string) => void,
) {
  const { marks, mark, undo } = useMarks(KEY, DECISIONS);
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState(0);
  const prepare = usePrepare();
  const open = useMemo(
    () => items.filter(({ id, decidable }) => decidable && !isOnItsWay(cards, id)),
    [items, cards],
  );
  const marked = useMemo(
    () => new Map(open.flatMap(({ id }) => pair(id, marks.get(id)))),
    [open, marks],
  );
  const missing = [...marked].find(([, { decision, comment }]) => lacksComment(decision, comment));

  const reveal = (id: string) => {
    if (openId !== id) toggle(id);
  };
  const { list, focusOn, walk } = useRows();
  const takeBack = () => {
    const last = undo();
    if (last) focusOn(last);
  };
  const onKeyDown = walk((key, id, event) => {
    const decision = decisionOf(key);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key.toLowerCase() === 'u') takeBack();
    if (!decision || !open.some((approval) => approval.id === id)) return;
    event.preventDefault();
    mark(id, { decision, comment: marks.get(id)?.comment ?? '' });
    if (decision === 'deny') reveal(id);
    else focusOn(following(items, id));
  });

  const show = async () => {
    if (missing) {
      reveal(missing[0]);
      return;
    }
    setBusy(true);
    const failed = new Map<string, string>();
    for (const [id, given] of marked) {
      try {
        await prepare.mutateAsync(wanted(id, given));
        mark(id, null);
      } catch (error) {
        failed.set(id, error instanceof Error ? error.message : 'It could not be prepared.');
      }
    }
    setProblems(failed);
    setBusy(false);
    if (failed.size < marked.size) setMade(made + 1);
  };
  return {
    list,
    onKeyDown,
    marked,
    problems,
    busy,
    made,
    mark,
    undo: takeBack,
    show: () => void show(),
    said: saidOf(marked, missing && items.find(({ id }) => id === missing[0])),
  };
}

export function wanted(id: string, { decision, comment }: ApprovalMark): Wanted {
  const given = comment.trim();
  return {
    kind: 'decide_approval',
    args: { approval_id: id, decision, ...(given && { comment: given }) },
  };
}

export function lacksComment(decision: ApprovalDecision, comment: string): boolean {
  return decision === 'deny' && comment.trim() === '';
}

function decisionOf(key: string): ApprovalDecision | null {
  if (key.toLowerCase() === 'a') return 'approve';
  return key.toLowerCase() === 'd' ? 'deny' : null;
}

function isOnItsWay(cards: Cards, id: string): boolean {
  const status = cards.get(`approval:${id}`)?.[0]?.status;
  return status !== undefined && status !== 'refused';
}

function pair(id: string, mark: ApprovalMark | undefined): [string, ApprovalMark][] {
  return mark ? [[id, mark]] : [];
}

function following(items: readonly Approval[], id: string): string {
  const at = items.findIndex((approval) => approval.id === id);
  return (items[at + 1] ?? items[at])?.id ?? id;
}

function saidOf(marked: ReadonlyMap<string, ApprovalMark>, missing: Approval | undefined): string {
  const approve = [...marked.values()].filter(({ decision }) => decision === 'approve').length;
  const deny = marked.size - approve;
  const counts = [approve && `${approve} to approve`, deny && `${deny} to deny`];
  const said = `Marked, not sent: ${counts.filter(Boolean).join(', ')}.`;
  return missing ? `${said} Say why you deny ${missing.item.name}.` : said;
}
