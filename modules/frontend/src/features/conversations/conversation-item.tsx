import { Spinner, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { NavLink, useLocation } from 'react-router';

import type { Conversation } from '@/lib/queries/conversations';

import { ConversationMenu } from './conversation-menu';
import { titleOf } from './title-of';

const useStyles = makeStyles({
  root: {
    position: 'relative',
    display: 'flex',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalXXS,
    paddingInlineEnd: tokens.spacingHorizontalXXS,
    color: tokens.colorNeutralForeground1,
    borderRadius: tokens.borderRadiusMedium,
    ':hover': {
      color: tokens.colorNeutralForeground1Hover,
      backgroundColor: tokens.colorSubtleBackgroundHover,
    },
    '@media (hover: hover)': {
      '& > button': { opacity: 0 },
      '&:hover > button, &:focus-within > button': { opacity: 1 },
      '& > button[aria-expanded="true"]': { opacity: 1 },
    },
  },
  open: {
    color: tokens.colorNeutralForeground1Selected,
    backgroundColor: tokens.colorSubtleBackgroundSelected,
    ':hover': {
      color: tokens.colorNeutralForeground1Selected,
      backgroundColor: tokens.colorSubtleBackgroundSelected,
    },
    '::before': {
      content: '""',
      position: 'absolute',
      insetInlineStart: 0,
      insetBlock: tokens.spacingVerticalS,
      width: '3px',
      borderRadius: tokens.borderRadiusCircular,
      backgroundColor: tokens.colorCompoundBrandStroke,
      '@media (forced-colors: active)': { backgroundColor: 'Highlight' },
    },
  },
  link: {
    flexGrow: 1,
    minWidth: 0,
    padding: `${tokens.spacingVerticalSNudge} ${tokens.spacingHorizontalM}`,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    color: 'inherit',
    textDecorationLine: 'none',
    borderRadius: tokens.borderRadiusMedium,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
});

interface ConversationItemProps {
  readonly conversation: Conversation;
  readonly open: boolean;
  readonly onDeleted: (conversationId: string) => void;
}

export function ConversationItem({ conversation, open, onDeleted }: ConversationItemProps) {
  const styles = useStyles();
  // An open panel stays open beside another conversation.
  const { search } = useLocation();
  const title = titleOf(conversation);
  return (
    <li className={mergeClasses(styles.root, open && styles.open)}>
      <NavLink
        className={styles.link}
        to={{ pathname: `/c/${conversation.id}`, search }}
        title={title}
        dir="auto"
      >
        {title}
      </NavLink>
      {conversation.activeRunId && <Spinner size="extra-tiny" aria-label="Being answered" />}
      <ConversationMenu conversation={conversation} onDeleted={onDeleted} />
    </li>
  );
}
