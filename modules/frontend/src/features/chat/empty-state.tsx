import {
  Body1,
  Title1,
  Text,
  makeStyles,
  tokens,
  useArrowNavigationGroup,
} from '@fluentui/react-components';

import { turnsWhenPointedAt } from '@/components/contrast';

import { useExampleQuestions } from './use-example-questions';

const useStyles = makeStyles({
  root: {
    display: 'grid',
    alignContent: 'center',
    rowGap: tokens.spacingVerticalXXL,
    boxSizing: 'border-box',
    width: '100%',
    maxWidth: '768px',
    minHeight: '100%',
    flexShrink: 0,
    marginInline: 'auto',
    padding: `${tokens.spacingVerticalXXL} ${tokens.spacingHorizontalL}`,
  },
  head: { display: 'grid', rowGap: tokens.spacingVerticalS },
  heading: {
    margin: 0,
    overflowWrap: 'anywhere',
    '@media (max-width: 480px)': {
      fontSize: tokens.fontSizeHero700,
      lineHeight: tokens.lineHeightHero700,
    },
  },
  lead: { color: tokens.colorNeutralForeground2 },
  examples: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(min(240px, 100%), 1fr))',
    gap: tokens.spacingHorizontalM,
    margin: 0,
    padding: 0,
    listStyleType: 'none',
    // As high as the questions that come, so that nothing moves when they do.
    minHeight: '200px',
    '@media (max-width: 560px)': { minHeight: '400px' },
  },
  example: {
    display: 'grid',
    rowGap: tokens.spacingVerticalXS,
    alignContent: 'start',
    width: '100%',
    height: '100%',
    padding: tokens.spacingHorizontalL,
    font: 'inherit',
    textAlign: 'start',
    color: 'inherit',
    cursor: 'pointer',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusXLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    ...turnsWhenPointedAt,
    ':hover': {
      color: tokens.colorNeutralForeground1Hover,
      backgroundColor: tokens.colorNeutralBackground1Hover,
      border: `1px solid ${tokens.colorNeutralStroke1Hover}`,
    },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '1px' },
  },
  icon: { fontSize: '24px', color: tokens.colorBrandForeground1 },
});

interface EmptyStateProps {
  readonly firstName: string | null;
  readonly onAsk: (question: string) => void;
}

export function EmptyState({ firstName, onAsk }: EmptyStateProps) {
  const styles = useStyles();
  const arrows = useArrowNavigationGroup({ axis: 'both' });
  const questions = useExampleQuestions();
  return (
    <div className={styles.root}>
      <header className={styles.head}>
        <Title1 as="h2" className={styles.heading}>
          {firstName ? `Hello ${firstName}, what would you like to know?` : 'Ask about your access'}
        </Title1>
        <Body1 className={styles.lead}>
          Ask what access you have, where it comes from and how to get more.
        </Body1>
      </header>
      <ul className={styles.examples} aria-label="Example questions" {...arrows}>
        {questions.map(({ question, Icon }) => (
          <li key={question}>
            <button type="button" className={styles.example} onClick={() => onAsk(question)}>
              <Icon className={styles.icon} aria-hidden />
              <Text>{question}</Text>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
