import { Button, Tooltip, makeStyles, tokens, typographyStyles } from '@fluentui/react-components';
import { ArrowLeftRegular, DismissRegular } from '@fluentui/react-icons';
import { useEffect, useRef } from 'react';

import { ConnectNotice, useIsConnected } from '@/components/connect-notice';
import type { DeskPlace } from '@/lib/desk-place';

import { AccessPanel } from './access-panel';
import { ApprovalsPanel } from './approvals-panel';
import { DeskNav } from './desk-nav';
import { nameOf } from './panels';
import { RequestPanel } from './request-panel';
import { RequestsPanel } from './requests-panel';
import { ReviewsPanel } from './reviews-panel';
import { TeamPanel } from './team-panel';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    width: '100%',
    minWidth: 0,
    height: '100%',
    minHeight: 0,
  },
  head: {
    display: 'flex',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalXS,
    flexShrink: 0,
    boxSizing: 'border-box',
    height: '48px',
    paddingInline: `${tokens.spacingHorizontalM} ${tokens.spacingHorizontalS}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  title: {
    ...typographyStyles.subtitle2,
    flexGrow: 1,
    margin: 0,
    ':focus-visible': { outlineStyle: 'none' },
  },
  back: { '& svg:dir(rtl)': { transform: 'scaleX(-1)' } },
  body: { flexGrow: 1, minHeight: 0, overflowY: 'auto', scrollbarGutter: 'stable' },
  notice: { padding: tokens.spacingHorizontalM },
});

interface DeskPanelProps {
  readonly place: DeskPlace;
  readonly onOpen: (place: DeskPlace) => void;
  readonly onClose: () => void;
}

/** The same work as in the chat, without a model. */
export function DeskPanel({ place, onOpen, onClose }: DeskPanelProps) {
  const styles = useStyles();
  const title = useRef<HTMLHeadingElement>(null);
  const connected = useIsConnected();
  const { panel, review, person } = place;
  const isListed = place.at === undefined;
  useEffect(() => {
    // Whoever came for one record goes on there.
    if (isListed) title.current?.focus();
  }, [panel, review, person, isListed]);
  const inside = panel === 'reviews' ? review : panel === 'team' ? person : undefined;
  return (
    <section className={styles.root} aria-label={nameOf(panel)}>
      <header className={styles.head}>
        {inside && (
          <Tooltip content="Back to the list" relationship="label">
            <Button
              className={styles.back}
              appearance="subtle"
              icon={<ArrowLeftRegular />}
              onClick={() => onOpen({ panel })}
            />
          </Tooltip>
        )}
        <h2 ref={title} tabIndex={-1} className={styles.title}>
          {nameOf(panel)}
        </h2>
        <Tooltip content="Close the panel" relationship="label">
          <Button appearance="subtle" icon={<DismissRegular />} onClick={onClose} />
        </Tooltip>
      </header>
      <DeskNav current={panel} compact />
      <div className={styles.body}>
        {connected === false ? (
          <div className={styles.notice}>
            <ConnectNotice />
          </div>
        ) : (
          <Content key={panel} place={place} onOpen={onOpen} />
        )}
      </div>
    </section>
  );
}

function Content({ place, onOpen }: Pick<DeskPanelProps, 'place' | 'onOpen'>) {
  switch (place.panel) {
    case 'access':
      return <AccessPanel at={place.at} />;
    case 'request':
      return <RequestPanel place={place} onOpen={onOpen} />;
    case 'requests':
      return <RequestsPanel at={place.at} onOpen={onOpen} />;
    case 'approvals':
      return <ApprovalsPanel at={place.at} />;
    case 'reviews':
      return <ReviewsPanel place={place} onOpen={onOpen} />;
    case 'team':
      return <TeamPanel place={place} onOpen={onOpen} />;
  }
}
