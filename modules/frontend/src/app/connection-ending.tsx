import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  Tooltip,
  makeStyles,
  type MessageBarIntent,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import { useEffect, useEffectEvent, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';

import { CONNECTION_ENDINGS, type ConnectionEnding } from '@/lib/queries/connection';
import { placeBefore } from '@/lib/way-back';

const PARAMETER = 'sailpoint';

const useStyles = makeStyles({ root: { flexShrink: 0 } });

interface Words {
  readonly intent: MessageBarIntent;
  readonly what: string;
  readonly still: string;
}

const WORDS: Readonly<Record<ConnectionEnding, Words>> = {
  connected: {
    intent: 'success',
    what: 'SailPoint is connected.',
    still: 'Icarus sees and does there what you may.',
  },
  declined: {
    intent: 'info',
    what: 'SailPoint was not connected.',
    still: 'You decided against it there. You can connect whenever you like.',
  },
  expired: {
    intent: 'warning',
    what: 'Connecting SailPoint took too long.',
    still: 'Nothing was connected. Start again, and sign in there within ten minutes.',
  },
  somebody_else: {
    intent: 'error',
    what: 'Somebody else is signed in at SailPoint in this browser.',
    still: 'Nothing was connected. Sign out there, then connect again as yourself.',
  },
  failed: {
    intent: 'error',
    what: 'SailPoint could not be connected.',
    still: 'Your conversations still work. Try to connect again in a moment.',
  },
};

/** Says once how connecting came out, to whoever comes back from SailPoint. The page has just been loaded: all that it shows was read after that. */
export function ConnectionEndingNotice() {
  const styles = useStyles();
  const { search } = useLocation();
  const navigate = useNavigate();
  const [ending, setEnding] = useState(() => endingIn(search));
  const stated = new URLSearchParams(search).has(PARAMETER);

  const settle = useEffectEvent(() => {
    void navigate({ pathname: placeBefore(), search: without(search) }, { replace: true });
  });
  useEffect(() => {
    if (stated) settle();
  }, [stated]);

  if (!ending) return null;
  const { intent, what, still } = WORDS[ending];
  return (
    <MessageBar
      intent={intent}
      layout="multiline"
      shape="square"
      className={styles.root}
      role={intent === 'error' ? 'alert' : 'status'}
    >
      <MessageBarBody>
        <MessageBarTitle>{what}</MessageBarTitle> {still}
      </MessageBarBody>
      <MessageBarActions
        containerAction={
          <Tooltip content="Dismiss" relationship="label">
            <Button
              appearance="transparent"
              icon={<DismissRegular />}
              onClick={() => setEnding(null)}
            />
          </Tooltip>
        }
      />
    </MessageBar>
  );
}

function endingIn(search: string): ConnectionEnding | null {
  const stated = new URLSearchParams(search).get(PARAMETER);
  return CONNECTION_ENDINGS.find((known) => known === stated) ?? null;
}

function without(search: string): string {
  const rest = new URLSearchParams(search);
  rest.delete(PARAMETER);
  return rest.toString();
}
