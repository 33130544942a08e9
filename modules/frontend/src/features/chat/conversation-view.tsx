import { makeStyles, tokens } from '@fluentui/react-components';

import { Problem } from '@/components/problem';
import { ApiError } from '@/lib/fault';

import { EmptyState } from './empty-state';
import { RunAnnouncer } from './run-announcer';
import { Transcript } from './transcript';
import { TranscriptSkeleton } from './transcript-skeleton';
import { useConversation } from './use-conversation';

const useStyles = makeStyles({
  problem: {
    boxSizing: 'border-box',
    width: '100%',
    maxWidth: '768px',
    marginInline: 'auto',
    padding: tokens.spacingHorizontalL,
  },
});

interface ConversationViewProps {
  readonly conversationId: string;
  readonly onAsk: (text: string) => void;
}

export function ConversationView({ conversationId, onAsk }: ConversationViewProps) {
  const styles = useStyles();
  const { messages, entries, cards, run, busy } = useConversation(conversationId);
  if (!entries) {
    if (!messages.isError) return <TranscriptSkeleton />;
    return (
      <div className={styles.problem}>
        <ConversationProblem error={messages.error} onRetry={() => void messages.refetch()} />
      </div>
    );
  }
  if (entries.length === 0) return <EmptyState firstName={null} onAsk={onAsk} />;
  return (
    <>
      <Transcript
        conversationId={conversationId}
        entries={entries}
        run={run}
        busy={busy}
        proposals={cards}
      />
      <RunAnnouncer state={run?.state} />
    </>
  );
}

function ConversationProblem(props: { readonly error: Error; readonly onRetry: () => void }) {
  const gone = props.error instanceof ApiError && props.error.status === 404;
  if (gone) {
    return (
      <Problem
        what="This conversation does not exist, or it is not yours."
        still="You can ask a new question, or choose another conversation."
      />
    );
  }
  return (
    <Problem
      what="The conversation could not be loaded."
      still="It is kept, and you can write your next question meanwhile."
      onRetry={props.onRetry}
    />
  );
}
