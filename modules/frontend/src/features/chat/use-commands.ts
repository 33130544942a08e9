import { useState, type KeyboardEvent } from 'react';

import { commandsFor, type Command } from './commands';

interface Commands {
  readonly listed: readonly Command[];
  /** The one that Enter takes. */
  readonly active: Command | undefined;
  readonly take: (command: Command) => void;
  /** Returns whether the key was for the list. */
  readonly onKeyDown: (event: KeyboardEvent) => boolean;
}

const NONE: readonly Command[] = [];

/** The commands that fit a draft, and the keys that walk through them. */
export function useCommands(draft: string, onDraft: (text: string) => void): Commands {
  const [place, setPlace] = useState(0);
  const [closedAt, setClosedAt] = useState<string | null>(null);
  const listed = draft === closedAt ? NONE : commandsFor(draft);
  const at = Math.min(place, listed.length - 1);
  const active = listed[at];

  const take = (command: Command) => {
    setPlace(0);
    onDraft(command.question);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (!active || event.shiftKey || event.nativeEvent.isComposing) return false;
    switch (event.key) {
      case 'ArrowDown':
        setPlace((at + 1) % listed.length);
        break;
      case 'ArrowUp':
        setPlace((at - 1 + listed.length) % listed.length);
        break;
      case 'Enter':
      case 'Tab':
        take(active);
        break;
      case 'Escape':
        setClosedAt(draft);
        break;
      default:
        return false;
    }
    event.preventDefault();
    return true;
  };

  return { listed, active, take, onKeyDown };
}
