import { makeStyles, tokens } from '@fluentui/react-components';
import { memo, useMemo, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import { Link as RouterLink, useLocation } from 'react-router';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';

import { markdownBlocks } from './blocks';
import { CodeBlock } from './code-block';
import { ScrollRegion } from './scroll-region';
import { useProseStyles } from './prose-styles';
import { linkRecords } from './record-links';

const NO_LINKS: ReadonlyMap<string, string> = new Map();

const components: Components = {
  pre: ({ node }) => <CodeBlock node={node} />,
  table: ({ children }) => (
    <ScrollRegion label="Table">
      <table>{children}</table>
    </ScrollRegion>
  ),
  a: ({ href, node, children }) => {
    const record = node?.properties['dataRecord'];
    return typeof record === 'string' ? (
      <RecordLink search={record}>{children}</RecordLink>
    ) : (
      <Address href={href}>{children}</Address>
    );
  },
  // A picture is fetched from wherever the text says, and its address can carry out what the text knows.
  img: ({ alt }) => <>{alt}</>,
  // The page has its own h1 and h2.
  h1: 'h3',
  h2: 'h4',
  h3: 'h5',
  h4: 'h6',
  h5: 'h6',
};

/** A name that leads to its record in the panel. */
function RecordLink({
  search,
  children,
}: {
  readonly search: string;
  readonly children: ReactNode;
}) {
  const { pathname } = useLocation();
  return (
    <RouterLink to={{ pathname, search }} className="record">
      {children}
    </RouterLink>
  );
}

interface AddressProps {
  readonly href: string | undefined;
  readonly children: ReactNode;
}

/**
 * An answer quotes what people have written into the tenant, so an address in it may be anybody's:
 * it is shown in full and leads nowhere.
 */
function Address({ href, children }: AddressProps) {
  if (!href || href === children) return <>{children}</>;
  return (
    <>
      {children} ({href})
    </>
  );
}

interface BlockProps {
  readonly text: string;
  readonly links: ReadonlyMap<string, string>;
}

const Block = memo(function Block({ text, links }: BlockProps) {
  const rehypePlugins = useMemo(() => [rehypeSanitize, linkRecords(links)], [links]);
  return (
    <ReactMarkdown
      remarkPlugins={[remarkGfm]}
      rehypePlugins={rehypePlugins}
      components={components}
    >
      {text}
    </ReactMarkdown>
  );
});

const useStyles = makeStyles({
  root: { overflowWrap: 'anywhere', color: tokens.colorNeutralForeground1 },
});

interface MarkdownProps {
  readonly text: string;
  /** Names in the text, and the place in the address that shows the record of each. */
  readonly links?: ReadonlyMap<string, string>;
}

export function Markdown({ text, links = NO_LINKS }: MarkdownProps) {
  const styles = useStyles();
  const prose = useProseStyles();
  return (
    <div className={`${styles.root} ${prose}`} dir="auto">
      {markdownBlocks(text).map((block, index) => (
        // Blocks are only ever appended or grow, so their place is who they are.
        <Block key={index} text={block} links={links} />
      ))}
    </div>
  );
}
