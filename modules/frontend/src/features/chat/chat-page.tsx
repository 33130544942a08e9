import { Caption1, makeStyles, tokens } from '@fluentui/react-components';

import { ConnectNotice } from '@/components/connect-notice';
import { newId } from '@/lib/ids';

import { Composer } from './composer';
import { ConnectionBanner } from './connection-banner';
import { ConversationView } from './conversation-view';
import { EmptyState } from './empty-state';
import { hasEnded } from './run-reducer';
import { useRun, useRunStore } from './run-store-context';
import { useDraft } from './use-draft';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', flexGrow: 1, minHeight: 0 },
  body: {
    display: 'flex',
    flexDirection: 'column',
    flexGrow: 1,
    minHeight: 0,
    overflowY: 'auto',
  },
  foot: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalS,
    boxSizing: 'border-box',
    width: '100%',
    maxWidth: '768px',
    marginInline: 'auto',
    padding: `0 ${tokens.spacingHorizontalL} ${tokens.spacingVerticalM}`,
  },
  note: { textAlign: 'center', color: tokens.colorNeutralForeground3 },
});

interface ChatPageProps {
  readonly conversationId: string | null;
  readonly firstName: string | null;
  readonly onBegin: (conversationId: string) => void;
}

export function ChatPage({ conversationId, firstName, onBegin }: ChatPageProps) {
  const styles = useStyles();
  const store = useRunStore();
  const run = useRun(conversationId ?? '');
  const [draft, setDraft] = useDraft(conversationId);
  const answering = run !== undefined && !hasEnded(run.state);

  const ask = (text: string) => {
    setDraft('');
    if (conversationId) {
      store.ask(conversationId, text);
    } else {
      const id = newId();
      store.begin(id, text);
      onBegin(id);
    }
  };
  const stop = () => {
    const unsent = conversationId && store.stop(conversationId);
    if (unsent && draft === '') setDraft(unsent);
  };

  return (
    <div className={styles.root}>
      <div className={styles.body}>
        {conversationId ? (
          <ConversationView key={conversationId} conversationId={conversationId} onAsk={ask} />
        ) : (
          <EmptyState firstName={firstName} onAsk={ask} />
        )}
      </div>
      <div className={styles.foot}>
        <ConnectionBanner />
        <ConnectNotice />
        <Composer
          draft={draft}
          answering={answering}
          stopping={run?.state.stopping ?? false}
          onDraft={setDraft}
          onSend={() => ask(draft.trim())}
          onStop={stop}
        />
        <Caption1 className={styles.note}>Answers can be wrong. Check what matters.</Caption1>
      </div>
    </div>
  );
}
