import { Button } from '@fluentui/react-components';
import { useState } from 'react';

import { usePanelStyles } from './panel-styles';
import { ReasonForm } from './reason-form';
import { usePrepare } from './use-cards';

type Wanted = Parameters<ReturnType<typeof usePrepare>['mutate']>[0];

interface ReasonedChangeProps {
  readonly offer: string;
  readonly label: string;
  readonly action: string;
  readonly wanted: (reason: string) => Wanted;
}

/** A button that asks for a reason first, and then prepares the card to confirm. */
export function ReasonedChange({ offer, label, action, wanted }: ReasonedChangeProps) {
  const styles = usePanelStyles();
  const [asking, setAsking] = useState(false);
  const prepare = usePrepare();
  if (!asking) {
    return (
      <div className={styles.buttons}>
        <Button onClick={() => setAsking(true)}>{offer}</Button>
      </div>
    );
  }
  return (
    <ReasonForm
      label={label}
      action={action}
      busy={prepare.isPending}
      error={prepare.error}
      onSubmit={(reason) => prepare.mutate(wanted(reason))}
      onCancel={() => setAsking(false)}
    />
  );
}
