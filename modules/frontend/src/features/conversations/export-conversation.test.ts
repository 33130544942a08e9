import { expect, it } from 'vitest';

import { fileName } from './export-conversation';

it.each([
  ['Access to SAP', 'markdown', 'Access to SAP.md'],
  ['SAP: read/write?', 'json', 'SAP read write.json'],
  ['???', 'markdown', 'Conversation.md'],
] as const)('%s as %s is saved as %s', (title, format, name) => {
  expect(fileName(title, format)).toBe(name);
});
