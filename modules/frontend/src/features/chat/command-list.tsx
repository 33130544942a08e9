import { Caption1, Text, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';

import type { Command } from './commands';

const useStyles = makeStyles({
  list: {
    position: 'absolute',
    insetInline: 0,
    insetBlockEnd: `calc(100% + ${tokens.spacingVerticalXS})`,
    zIndex: 1,
    maxHeight: '60dvh',
    overflowY: 'auto',
    margin: 0,
    padding: tokens.spacingHorizontalXS,
    listStyleType: 'none',
    borderRadius: tokens.borderRadiusXLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow16,
  },
  command: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'baseline',
    columnGap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusMedium,
    cursor: 'pointer',
    ':hover': { backgroundColor: tokens.colorNeutralBackground1Hover },
  },
  active: {
    backgroundColor: tokens.colorNeutralBackground1Selected,
    outline: '1px solid transparent', // seen in high contrast, which drops the background
  },
  meaning: { color: tokens.colorNeutralForeground2 },
});

interface CommandListProps {
  readonly id: string;
  readonly commands: readonly Command[];
  readonly active: Command | undefined;
  readonly onTake: (command: Command) => void;
}

/** What `/` stands for. The focus stays in the field, whose keys walk through the list. */
export function CommandList({ id, commands, active, onTake }: CommandListProps) {
  const styles = useStyles();
  return (
    <ul id={id} className={styles.list} role="listbox" aria-label="Commands">
      {commands.map((command) => (
        <li
          key={command.name}
          id={optionId(id, command)}
          ref={command === active ? intoView : undefined}
          className={mergeClasses(styles.command, command === active && styles.active)}
          role="option"
          aria-selected={command === active}
          onPointerDown={(event) => {
            event.preventDefault();
            onTake(command);
          }}
        >
          <Text weight="semibold">/{command.name}</Text>
          <Caption1 className={styles.meaning}>{command.meaning}</Caption1>
        </li>
      ))}
    </ul>
  );
}

export function optionId(listId: string, { name }: Command): string {
  return `${listId}-${name}`;
}

function intoView(option: HTMLLIElement | null) {
  option?.scrollIntoView({ block: 'nearest' });
}
