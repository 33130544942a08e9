import { tokens, type GriffelStyle } from '@fluentui/react-components';

/**
 * In high contrast Fluent turns the colours of what is pointed at or chosen round: every text in it
 * has to turn with them, whatever colour it has otherwise.
 */
const TURNED = '& *:not(.fui-Avatar *):not(.fui-Badge):not(.fui-CounterBadge)';

const CONTRAST = ':global([data-theme="contrast"])';

export const turnsWhenPointedAt: GriffelStyle = {
  ':hover': {
    color: tokens.colorNeutralForeground1Hover,
    backgroundColor: tokens.colorSubtleBackgroundHover,
  },
  [CONTRAST]: { ':hover': { [TURNED]: { color: 'inherit' } } },
};

export const turnsWhenChosen: GriffelStyle = {
  color: tokens.colorNeutralForeground1Selected,
  backgroundColor: tokens.colorSubtleBackgroundSelected,
  [CONTRAST]: { [TURNED]: { color: 'inherit' } },
};
