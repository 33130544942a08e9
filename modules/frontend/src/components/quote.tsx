import { makeStyles, tokens } from '@fluentui/react-components';

const useStyles = makeStyles({
  root: {
    marginInline: 0,
    marginBlock: 0,
    paddingInlineStart: tokens.spacingHorizontalM,
    // On the side where the text begins, which is not always that of the page.
    borderInlineStartWidth: '3px',
    borderInlineStartStyle: 'solid',
    borderInlineStartColor: tokens.colorNeutralStroke1,
    textAlign: 'start',
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
