import { makeStyles, tokens } from '@fluentui/react-components';

const useStyles = makeStyles({
  root: {
    marginInline: 0,
    marginBlock: 0,
    paddingInlineStart: tokens.spacingHorizontalM,
    borderLeft: `3px solid ${tokens.colorNeutralStroke1}`,
    color: tokens.colorNeutralForeground2,
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
  },
});

/** What somebody wrote, as text and nothing else. */
export function Quote({ text }: { readonly text: string }) {
  const styles = useStyles();
  return (
    <blockquote className={styles.root} dir="auto">
      {text}
    </blockquote>
  );
}
