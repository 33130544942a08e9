/** A question that somebody need not type: `/name` stands for it. */
export interface Command {
  readonly name: string;
  readonly meaning: string;
  /** Ends with a space where the reader has to say the rest. */
  readonly question: string;
}

const COMMANDS: readonly Command[] = [
  {
    name: 'access',
    meaning: 'What you hold, and why',
    question: 'What access do I have, and why?',
  },
  { name: 'find', meaning: 'What you can request', question: 'What can I request for ' },
  { name: 'request', meaning: 'Ask for access', question: 'I need access to ' },
  { name: 'requests', meaning: 'Where your requests are', question: 'Where are my requests?' },
  { name: 'cancel', meaning: 'Take a request back', question: 'Cancel my request for ' },
  {
    name: 'approvals',
    meaning: 'What waits for your approval',
    question: 'What waits for my approval?',
  },
  { name: 'reviews', meaning: 'What you have to review', question: 'What do I have to review?' },
  { name: 'team', meaning: 'Who reports to you', question: 'Who is in my team?' },
];

const NONE: readonly Command[] = [];

/** The commands that a draft may become: all for `/`, none for what is no command. */
export function commandsFor(draft: string): readonly Command[] {
  if (!draft.startsWith('/')) return NONE;
  const begun = draft.slice(1).toLowerCase();
  return COMMANDS.filter(({ name }) => name.startsWith(begun));
}
