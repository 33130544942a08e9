import { createContext } from 'react';

import type { ThemePreference } from './theme-preference';

interface ThemeChoice {
  readonly preference: ThemePreference;
  readonly choose: (preference: ThemePreference) => void;
}

export const ThemeContext = createContext<ThemeChoice>({
  preference: 'system',
  choose: () => undefined,
});
