import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components';

interface ProblemProps {
  readonly what: string;
  /** What the reader can still do meanwhile. */
  readonly still?: string;
  readonly action?: string;
  readonly onRetry?: () => void;
}

export function Problem({ what, still, action = 'Try again', onRetry }: ProblemProps) {
  return (
    <MessageBar intent="error" role="alert">
      <MessageBarBody>
        <MessageBarTitle>{what}</MessageBarTitle> {still}
      </MessageBarBody>
      {onRetry && (
        <MessageBarActions>
          <Button size="small" onClick={onRetry}>
            {action}
          </Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
