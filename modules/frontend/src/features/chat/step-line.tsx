import {
  Text,
  makeStyles,
  mergeClasses,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { ChevronDownRegular, ChevronRightRegular } from '@fluentui/react-icons';
import { useState } from 'react';

import { askedRows, gotLine, lineOf, readable, secondsOf, type Step } from './steps';

const useStyles = makeStyles({
  head: {
    ...typographyStyles.caption1,
    display: 'flex',
    alignItems: 'flex-start',
    columnGap: tokens.spacingHorizontalXS,
    padding: `${tokens.spacingVerticalXXS} 0`,
    textAlign: 'start',
    color: tokens.colorNeutralForeground3,
    cursor: 'pointer',
    border: 0,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: 'transparent',
    ':hover': { color: tokens.colorNeutralForeground2 },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  chevron: {
    flexShrink: 0,
    fontSize: '14px',
    lineHeight: '16px',
  },
  flipped: { ':dir(rtl)': { transform: 'scaleX(-1)' } },
  steps: {
    display: 'grid',
    rowGap: tokens.spacingVerticalM,
    margin: `${tokens.spacingVerticalXS} 0 0`,
    padding: 0,
    paddingInlineStart: tokens.spacingHorizontalL,
    listStyleType: 'none',
    borderInlineStartWidth: '2px',
    borderInlineStartStyle: 'solid',
    borderInlineStartColor: tokens.colorNeutralStroke2,
  },
  step: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalXXS,
  },
  quiet: {
    ...typographyStyles.caption1,
    color: tokens.colorNeutralForeground3,
    overflowWrap: 'anywhere',
  },
  raw: {
    maxHeight: '240px',
    margin: `${tokens.spacingVerticalXS} 0 0`,
    padding: tokens.spacingHorizontalS,
    overflow: 'auto',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
  },
});

/** What the assistant did: one quiet line that unfolds. */
export function StepLine({ steps }: { readonly steps: readonly Step[] }) {
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  if (steps.length === 0) return null;
  const Chevron = open ? ChevronDownRegular : ChevronRightRegular;
  return (
    <div>
      <button
        type="button"
        className={styles.head}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Chevron className={mergeClasses(styles.chevron, !open && styles.flipped)} aria-hidden />
        {lineOf(steps)}
      </button>
      {open && (
        <ol className={styles.steps} aria-label="What the assistant did">
          {steps.map((step) => (
            <StepDetails key={step.id} step={step} />
          ))}
        </ol>
      )}
    </div>
  );
}

function StepDetails({ step }: { readonly step: Step }) {
  const styles = useStyles();
  const asked = askedRows(step);
  return (
    <li className={styles.step}>
      <Text weight="semibold" size={200}>
        {step.title}
        {step.result && ` · ${secondsOf(step.result.seconds)}`}
      </Text>
      <span className={styles.quiet}>Tool: {step.name}</span>
      {asked.map(({ label, value }) => (
        <span key={label} className={styles.quiet} dir="auto">
          Asked: {label} {value}
        </span>
      ))}
      <span className={styles.quiet} dir="auto">
        Got: {gotLine(step)}
      </span>
      {step.result && (
        <details>
          <summary className={styles.quiet}>All of what it got</summary>
          {/* eslint-disable-next-line jsx-a11y-x/no-noninteractive-tabindex -- the keyboard scrolls it */}
          <pre className={styles.raw} tabIndex={0} dir="auto">
            {readable(step.result.text)}
          </pre>
        </details>
      )}
    </li>
  );
}
