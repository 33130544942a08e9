import {
  BuildingBankRegular,
  ClockRegular,
  KeyMultipleRegular,
  PersonAddRegular,
  type FluentIcon,
} from '@fluentui/react-icons';

interface ExampleQuestion {
  readonly question: string;
  readonly Icon: FluentIcon;
}

export const EXAMPLE_QUESTIONS: readonly ExampleQuestion[] = [
  { question: 'What access do I have, and why?', Icon: KeyMultipleRegular },
  { question: 'Which of my access ends soon?', Icon: ClockRegular },
  { question: 'Who approves access to the finance system?', Icon: BuildingBankRegular },
  { question: 'What does a new colleague in my team need?', Icon: PersonAddRegular },
];
