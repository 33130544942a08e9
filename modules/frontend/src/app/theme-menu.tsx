import {
  Button,
  Menu,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tooltip,
} from '@fluentui/react-components';
import { DarkThemeRegular } from '@fluentui/react-icons';
import { use } from 'react';

import { ThemeContext } from './theme-context';
import { THEME_PREFERENCES, type ThemePreference } from './theme-preference';

const LABELS: Record<ThemePreference, string> = {
  system: 'Like the system',
  light: 'Light',
  dark: 'Dark',
  contrast: 'High contrast',
};

export function ThemeMenu() {
  const { preference, choose } = use(ThemeContext);
  return (
    <Menu
      checkedValues={{ theme: [preference] }}
      onCheckedValueChange={(_, { checkedItems }) => choose(checkedItems[0] as ThemePreference)}
    >
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content="Theme" relationship="label">
          <Button appearance="subtle" icon={<DarkThemeRegular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {THEME_PREFERENCES.map((choice) => (
            <MenuItemRadio key={choice} name="theme" value={choice}>
              {LABELS[choice]}
            </MenuItemRadio>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
