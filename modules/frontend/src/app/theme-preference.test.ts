import { expect, it } from 'vitest';

import { themeName } from './theme-preference';

it.each([
  ['system', { dark: false, contrast: false }, 'light'],
  ['system', { dark: true, contrast: false }, 'dark'],
  ['system', { dark: true, contrast: true }, 'contrast'],
  ['light', { dark: true, contrast: true }, 'light'],
  ['contrast', { dark: false, contrast: false }, 'contrast'],
] as const)('%s with %o is %s', (preference, system, name) => {
  expect(themeName(preference, system)).toBe(name);
});
