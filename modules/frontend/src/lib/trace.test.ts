import { describe, expect, it } from 'vitest';

import { newTraceparent } from './trace';

describe('newTraceparent', () => {
  it('is what the W3C header says', () => {
    expect(newTraceparent()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('begins a trace of its own each time', () => {
    expect(newTraceparent()).not.toBe(newTraceparent());
  });
});
