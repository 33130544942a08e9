import { expect, it, vi } from 'vitest';

import { newId, uuidFrom } from './ids';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('makes a UUID where the browser does not', () => {
  vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes.fill(0xff) });
  expect(newId()).toMatch(UUID_V4);
});

it.each([0, 1, 127, 255])('keeps version and variant with bytes of %i', (byte) => {
  expect(uuidFrom(new Uint8Array(16).fill(byte))).toMatch(UUID_V4);
});
