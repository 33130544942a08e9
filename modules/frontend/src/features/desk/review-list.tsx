import { Body1 } from '@fluentui/react-components';
import { useCallback, useMemo, useState, type KeyboardEvent } from 'react';

import type { ReviewItem } from '@/lib/queries/desk-shapes';

import { usePanelStyles } from './panel-styles';
import type { ItemGroup, ReviewDecision, ReviewMark, ReviewMarks } from './review-items';
import { ReviewRow } from './review-row';
import { useOpenRow } from './use-open-row';
import { useRows, useShownRow } from './use-rows';

interface ReviewListProps {
  readonly groups: readonly ItemGroup[];
  readonly marks: ReviewMarks;
  readonly active: boolean;
  readonly at: string | undefined;
  readonly onMark: (id: string, mark: ReviewMark | null) => void;
  readonly onUndo: () => string | null;
}

/** The questions. One of them is in the order of tabs, arrows walk them, A and D mark them. */
export function ReviewList({ groups, marks, active, at, onMark, onUndo }: ReviewListProps) {
  const styles = usePanelStyles();
  const items = useMemo(() => groups.flatMap((group) => group.items), [groups]);
  const [current, setCurrent] = useState(at);
  const { openId, toggle } = useOpenRow(at);
  useShownRow(at, items.length > 0);
  // At first the keyboard comes to where the work goes on.
  const next = items.find(({ id, decision }) => decision === null && !marks.has(id)) ?? items[0];
  const tabbed = items.some(({ id }) => id === current) ? current : next?.id;

  const decide = useCallback(
    (id: string, decision: ReviewDecision | null) =>
      onMark(id, decision && { decision, comment: '' }),
    [onMark],
  );
  const { list, focusOn, walk } = useRows();
  const goTo = (id: string | null) => id !== null && focusOn(id);
  const onKeyDown = walk((key, id, event) => {
    if (isModified(event)) return;
    const item = items.find((known) => known.id === id);
    if (key.toLowerCase() === 'u') goTo(onUndo());
    const decision = decisionOf(key);
    if (!decision || !active || item?.decision !== null) return;
    event.preventDefault();
    if (!isPossible(item, decision)) return;
    decide(id, decision);
    goTo(items[items.indexOf(item) + 1]?.id ?? null);
  });

  if (items.length === 0) {
    return (
      <Body1 as="p" className={styles.note}>
        There are no such questions.
      </Body1>
    );
  }
  return (
    // eslint-disable-next-line jsx-a11y-x/no-static-element-interactions -- the rows are the buttons
    <div ref={list} onKeyDown={onKeyDown}>
      {groups.map(({ person, items: theirs }) => (
        <section key={theirs[0]?.person.id} aria-label={person}>
          <h3 className={styles.group}>
            <bdi>{person}</bdi> · {theirs.length}
          </h3>
          <ul className={styles.list}>
            {theirs.map((item) => (
              <ReviewRow
                key={item.id}
                item={item}
                decision={marks.get(item.id)?.decision ?? null}
                active={active}
                open={openId === item.id}
                tabIndex={tabbed === item.id ? 0 : -1}
                onToggle={toggle}
                onFocus={setCurrent}
                onDecide={decide}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function decisionOf(key: string): ReviewDecision | null {
  if (key.toLowerCase() === 'a') return 'keep';
  return key.toLowerCase() === 'd' ? 'revoke' : null;
}

function isModified(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey;
}

function isPossible({ revocable }: ReviewItem, decision: ReviewDecision): boolean {
  return decision === 'keep' || revocable !== false;
}
