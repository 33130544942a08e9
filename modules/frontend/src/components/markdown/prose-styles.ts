import { makeStyles, tokens, typographyStyles } from '@fluentui/react-components';

const useStyles = makeStyles({
  prose: {
    ...typographyStyles.body1,
    lineHeight: '1.6',
    textAlign: 'start',
    // Each paragraph runs as its own language does.
    '& p, & li, & h3, & h4, & h5, & h6': { unicodeBidi: 'plaintext' },
    '& p, & ul, & ol, & blockquote, & hr': { marginBlock: `0 ${tokens.spacingVerticalM}` },
    '& ul, & ol': { paddingInlineStart: tokens.spacingHorizontalXXL },
    '& li': { marginBlockEnd: tokens.spacingVerticalXS },
    '& li > p': { marginBlockEnd: tokens.spacingVerticalXS },
    '& h3, & h4, & h5, & h6': {
      ...typographyStyles.subtitle2,
      marginBlock: `${tokens.spacingVerticalL} ${tokens.spacingVerticalS}`,
    },
    '& h3': { ...typographyStyles.subtitle1 },
    '& > :first-child': { marginBlockStart: 0 },
    '& > :last-child': { marginBlockEnd: 0 },
    '& blockquote': {
      marginInline: 0,
      paddingInlineStart: tokens.spacingHorizontalL,
      borderInlineStartWidth: '3px',
      borderInlineStartStyle: 'solid',
      borderInlineStartColor: tokens.colorNeutralStroke1,
      color: tokens.colorNeutralForeground2,
    },
    '& a.record': {
      color: 'inherit',
      textDecorationLine: 'underline',
      textDecorationStyle: 'dotted',
      textDecorationColor: tokens.colorBrandForegroundLink,
      textUnderlineOffset: '3px',
    },
    '& a.record:hover': { color: tokens.colorBrandForegroundLinkHover },
    '& hr': { border: 0, borderTop: `1px solid ${tokens.colorNeutralStroke2}` },
    '& :not(pre) > code': {
      fontFamily: tokens.fontFamilyMonospace,
      fontSize: '0.9em',
      padding: '1px 5px',
      borderRadius: tokens.borderRadiusMedium,
      backgroundColor: tokens.colorNeutralBackground4,
    },
    '& table': { borderCollapse: 'collapse', minWidth: '100%' },
    '& th, & td': {
      padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
      textAlign: 'start',
      verticalAlign: 'top',
      overflowWrap: 'normal',
      borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    },
    '& th': {
      fontWeight: tokens.fontWeightSemibold,
      whiteSpace: 'nowrap',
      backgroundColor: tokens.colorNeutralBackground2,
    },
    '& tbody tr:last-child td': { borderBottom: 0 },
  },
});

export function useProseStyles(): string {
  return useStyles().prose;
}
