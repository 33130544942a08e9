import {
  ClipboardTaskListLtrRegular,
  ClockRegular,
  KeyMultipleRegular,
  MailInboxCheckmarkRegular,
  PeopleTeamRegular,
  SearchRegular,
  ShieldAddRegular,
  type FluentIcon,
} from '@fluentui/react-icons';

export interface ExampleQuestion {
  readonly question: string;
  readonly Icon: FluentIcon;
}

/** What somebody has to do here besides having access. */
export interface Duties {
  readonly hasTeam: boolean;
  readonly hasApprovals: boolean;
  readonly hasReviews: boolean;
}

const MINE = { question: 'What access do I have, and why?', Icon: KeyMultipleRegular };
const WHERE = { question: 'Where are my requests?', Icon: ClockRegular };
const FIND = { question: 'What can I request for reports?', Icon: SearchRegular };
const NEED = { question: 'I need access to fleet reporting', Icon: ShieldAddRegular };
const WAITS = { question: 'What waits for my approval?', Icon: MailInboxCheckmarkRegular };
const REVIEWS = { question: 'What do I have to review?', Icon: ClipboardTaskListLtrRegular };
const TEAM = { question: 'Who is in my team?', Icon: PeopleTeamRegular };

const SHOWN = 4;

/** Four that fit what the person has to do, the most pressing first. */
export function exampleQuestions(duties: Duties): readonly ExampleQuestion[] {
  const fitting: ExampleQuestion[] = [];
  if (duties.hasApprovals) fitting.push(WAITS);
  if (duties.hasReviews) fitting.push(REVIEWS);
  if (duties.hasTeam) fitting.push(TEAM);
  return [...fitting, MINE, WHERE, FIND, NEED].slice(0, SHOWN);
}
