import { makeStyles, tokens, typographyStyles } from '@fluentui/react-components';

export const usePanelStyles = makeStyles({
  list: { margin: 0, padding: 0, listStyleType: 'none' },
  group: {
    ...typographyStyles.caption1Strong,
    margin: 0,
    padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalXS}`,
    color: tokens.colorNeutralForeground2,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    overflowWrap: 'anywhere',
  },
  note: {
    display: 'block',
    margin: 0,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM}`,
    color: tokens.colorNeutralForeground3,
  },
  block: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalM,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalM}`,
  },
  form: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', rowGap: tokens.spacingVerticalM },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  text: { margin: 0, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' },
  // Keys are of no use to fingers.
  keys: { '@media (hover: none)': { display: 'none' } },
  signals: { margin: 0, paddingInlineStart: tokens.spacingHorizontalL },
  grave: { color: tokens.colorStatusDangerForeground2 },
});
