import { mergeClasses } from '@fluentui/react-components';

import { usePanelStyles } from './panel-styles';
import { isGrave, signalOf } from './words';

export function SignalList({ signals }: { readonly signals: readonly string[] }) {
  const styles = usePanelStyles();
  if (signals.length === 0) return <>Nothing stands out.</>;
  return (
    <ul className={styles.signals}>
      {signals.map((signal) => (
        <li key={signal} className={mergeClasses(isGrave(signal) && styles.grave)}>
          {signalOf(signal)}
        </li>
      ))}
    </ul>
  );
}
