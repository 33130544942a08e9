import {
  Body1,
  Persona,
  Title2,
  makeStyles,
  tokens,
  useArrowNavigationGroup,
} from '@fluentui/react-components';

import { BrandMark } from '@/components/brand-mark';
import { CenteredPage } from '@/components/centered-page';
import { turnsWhenPointedAt } from '@/components/contrast';

import type { Person } from './person';

const useStyles = makeStyles({
  head: {
    display: 'grid',
    rowGap: tokens.spacingVerticalS,
    marginBlockEnd: tokens.spacingVerticalXXL,
  },
  heading: { marginBlock: 0 },
  list: {
    display: 'grid',
    rowGap: tokens.spacingVerticalS,
    margin: 0,
    padding: 0,
    listStyleType: 'none',
  },
  person: {
    width: '100%',
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    textAlign: 'start',
    font: 'inherit',
    color: 'inherit',
    cursor: 'pointer',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow2,
    ...turnsWhenPointedAt,
    ':hover': {
      color: tokens.colorNeutralForeground1Hover,
      backgroundColor: tokens.colorNeutralBackground1Hover,
      border: `1px solid ${tokens.colorNeutralStroke1Hover}`,
    },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '1px' },
  },
});

interface PersonChooserProps {
  readonly people: readonly Person[];
  readonly onChoose: (personId: string) => void;
}

export function PersonChooser({ people, onChoose }: PersonChooserProps) {
  const styles = useStyles();
  const arrows = useArrowNavigationGroup({ axis: 'vertical' });
  return (
    <CenteredPage>
      <header className={styles.head}>
        <BrandMark size={40} />
        <Title2 as="h1" className={styles.heading}>
          Choose who you are
        </Title2>
        <Body1>This is a sandbox. Its people and their access are made up.</Body1>
      </header>
      <ul className={styles.list} aria-label="People" {...arrows}>
        {people.map(({ id, name, title }) => (
          <li key={id}>
            <button
              type="button"
              className={styles.person}
              aria-label={`Continue as ${name}`}
              onClick={() => onChoose(id)}
            >
              <Persona
                name={name}
                secondaryText={title}
                size="large"
                textAlignment="center"
                avatar={{ color: 'colorful' }}
              />
            </button>
          </li>
        ))}
      </ul>
    </CenteredPage>
  );
}
