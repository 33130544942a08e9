import {
  Caption1,
  Menu,
  MenuButton,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { BeakerRegular } from '@fluentui/react-icons';

import type { Session } from '@/features/auth/session';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'center',
    columnGap: tokens.spacingHorizontalM,
    flexShrink: 0,
    minHeight: '32px',
    padding: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM}`,
    color: tokens.colorNeutralForeground2,
    backgroundColor: tokens.colorNeutralBackground4,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  what: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalSNudge },
  icon: { flexShrink: 0, fontSize: '16px', color: tokens.colorPaletteMarigoldForeground1 },
});

export function SandboxRibbon({ session }: { readonly session: Session }) {
  const styles = useStyles();
  const { person, people, choose } = session;
  return (
    <aside className={styles.root} aria-label="Sandbox">
      <Caption1 className={styles.what}>
        <BeakerRegular className={styles.icon} aria-hidden />
        Sandbox: scripted answers, made-up tenant
      </Caption1>
      <Menu
        checkedValues={{ person: person ? [person.id] : [] }}
        onCheckedValueChange={(_, { checkedItems }) => checkedItems[0] && choose(checkedItems[0])}
      >
        <MenuTrigger disableButtonEnhancement>
          <MenuButton
            appearance="transparent"
            size="small"
            aria-label={`You are ${person?.name ?? 'nobody'}. Switch person`}
          >
            You are {person?.name}
          </MenuButton>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {people.map(({ id, name, title }) => (
              <MenuItemRadio key={id} name="person" value={id} secondaryContent={title}>
                {name}
              </MenuItemRadio>
            ))}
          </MenuList>
        </MenuPopover>
      </Menu>
    </aside>
  );
}
