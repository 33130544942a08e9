import { Link, makeStyles, tokens } from '@fluentui/react-components';
import { memo } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';

import { markdownBlocks } from './blocks';
import { CodeBlock } from './code-block';
import { ScrollRegion } from './scroll-region';
import { useProseStyles } from './prose-styles';

const components: Components = {
  pre: ({ node }) => <CodeBlock node={node} />,
  table: ({ children }) => (
    <ScrollRegion label="Table">
      <table>{children}</table>
    </ScrollRegion>
  ),
  a: ({ href, children }) => (
    <Link inline href={href} target="_blank" rel="noreferrer">
      {children}
    </Link>
  ),
  // A picture is fetched from wherever the text says, and its address can carry out what the text knows.
  img: ({ alt }) => <>{alt}</>,
  // The page has its own h1 and h2.
  h1: 'h3',
  h2: 'h4',
  h3: 'h5',
  h4: 'h6',
  h5: 'h6',
};

const Block = memo(function Block({ text }: { readonly text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={[remarkGfm]}
      rehypePlugins={[rehypeSanitize]}
      components={components}
    >
      {text}
    </ReactMarkdown>
  );
});

const useStyles = makeStyles({
  root: { overflowWrap: 'anywhere', color: tokens.colorNeutralForeground1 },
});

export function Markdown({ text }: { readonly text: string }) {
  const styles = useStyles();
  const prose = useProseStyles();
  return (
    <div className={`${styles.root} ${prose}`} dir="auto">
      {markdownBlocks(text).map((block, index) => (
        // Blocks are only ever appended or grow, so their place is who they are.
        <Block key={index} text={block} />
      ))}
    </div>
  );
}
