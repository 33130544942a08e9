import {
  teamsHighContrastTheme,
  webDarkTheme,
  webLightTheme,
  type Theme,
} from '@fluentui/react-components';

import { readStored, writeStored } from '@/lib/storage';

export const THEME_PREFERENCES = ['system', 'light', 'dark', 'contrast'] as const;

export type ThemePreference = (typeof THEME_PREFERENCES)[number];

type ThemeName = Exclude<ThemePreference, 'system'>;

interface SystemTheme {
  readonly dark: boolean;
  readonly contrast: boolean;
}

const THEMES: Record<ThemeName, Theme> = {
  light: webLightTheme,
  dark: webDarkTheme,
  contrast: teamsHighContrastTheme,
};

const KEY = 'icarus.theme';

export function storedPreference(): ThemePreference {
  const stored = readStored('local', KEY);
  return THEME_PREFERENCES.find((preference) => preference === stored) ?? 'system';
}

export function storePreference(preference: ThemePreference): void {
  writeStored('local', KEY, preference);
}

export function themeName(preference: ThemePreference, system: SystemTheme): ThemeName {
  if (preference !== 'system') return preference;
  if (system.contrast) return 'contrast';
  return system.dark ? 'dark' : 'light';
}

export function themeOf(name: ThemeName): Theme {
  return THEMES[name];
}
