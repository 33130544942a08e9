import { Caption1, makeStyles, tokens } from '@fluentui/react-components';
import type { ExtraProps } from 'react-markdown';

import { CopyButton } from '@/components/copy-button';

import { ScrollRegion } from './scroll-region';

const useStyles = makeStyles({
  root: { position: 'relative' },
  head: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    marginBlockEnd: tokens.spacingVerticalXXS,
    color: tokens.colorNeutralForeground3,
  },
  code: {
    margin: 0,
    padding: tokens.spacingHorizontalM,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase300,
    backgroundColor: tokens.colorNeutralBackground3,
    // Code reads from the left in every language.
    direction: 'ltr',
    textAlign: 'left',
  },
});

type Node = NonNullable<ExtraProps['node']>;

export function CodeBlock({ node }: { readonly node: Node | undefined }) {
  const styles = useStyles();
  const code = textOf(node);
  return (
    <div className={styles.root}>
      <div className={styles.head}>
        <Caption1>{languageOf(node)}</Caption1>
        <CopyButton label="Copy code" text={code} />
      </div>
      <ScrollRegion label="Code">
        <pre className={styles.code}>
          <code>{code}</code>
        </pre>
      </ScrollRegion>
    </div>
  );
}

function textOf(node: Node | undefined): string {
  return (node?.children ?? [])
    .map((child) => {
      if (child.type === 'element') return textOf(child);
      return child.type === 'text' ? child.value : '';
    })
    .join('')
    .replace(/\n$/, '');
}

function languageOf(node: Node | undefined): string {
  const code = node?.children.find((child) => child.type === 'element');
  const classes = code?.properties['className'];
  const named = Array.isArray(classes) ? classes.map(String) : [];
  return named.find((name) => name.startsWith('language-'))?.slice('language-'.length) ?? 'Code';
}
