import { FluentProvider, useFocusFinders } from '@fluentui/react-components';
import { useLayoutEffect, useMemo, useState, type ReactNode } from 'react';

import { useMediaQuery } from '@/lib/use-media-query';

import { ThemeContext } from './theme-context';
import { storePreference, storedPreference, themeName, themeOf } from './theme-preference';

export function ThemeProvider({ children }: { readonly children: ReactNode }) {
  const [preference, setPreference] = useState(storedPreference);
  const dark = useMediaQuery('(prefers-color-scheme: dark)');
  const contrast = useMediaQuery('(forced-colors: active), (prefers-contrast: more)');
  const name = themeName(preference, { dark, contrast });
  const choice = useMemo(
    () => ({
      preference,
      choose: (next: typeof preference) => {
        storePreference(next);
        setPreference(next);
      },
    }),
    [preference],
  );
  useLayoutEffect(() => {
    // Scroll bars, the browser's form controls and the styles for one theme follow.
    document.documentElement.style.colorScheme = name === 'light' ? 'light' : 'dark';
    document.documentElement.setAttribute('data-theme', name);
  }, [name]);
  return (
    <ThemeContext value={choice}>
      <FluentProvider theme={themeOf(name)} dir={document.dir === 'rtl' ? 'rtl' : 'ltr'}>
        <FocusKept />
        {children}
      </FluentProvider>
    </ThemeContext>
  );
}

/**
 * Fluent's keeper of the focus goes when its last user does, and does not undo then that an open
 * dialog hid the page from screen readers. This one stays when somebody is signed out.
 */
function FocusKept() {
  useFocusFinders();
  return null;
}
