import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';

import { server } from './server';

class NoResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

/** All that is there is seen: a dialog that never comes into view is hidden from everybody. */
class AllInView {
  readonly #seen: IntersectionObserverCallback;

  constructor(seen: IntersectionObserverCallback) {
    this.#seen = seen;
  }

  observe(target: Element) {
    const entry = { target, isIntersecting: true, intersectionRatio: 1 };
    this.#seen([entry as IntersectionObserverEntry], this as unknown as IntersectionObserver);
  }

  unobserve() {}
  disconnect() {}
}

// jsdom lays nothing out, so nothing is ever resized and no medium ever matches.
vi.stubGlobal('ResizeObserver', NoResizeObserver);
vi.stubGlobal('IntersectionObserver', AllInView);
vi.stubGlobal('matchMedia', (media: string) => ({
  media,
  matches: false,
  addEventListener() {},
  removeEventListener() {},
}));
Element.prototype.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
vi.stubGlobal('CSS', { escape: (text: string) => text });

// Only for what would otherwise hang: a busy machine is no fault of the page.
configure({ asyncUtilTimeout: 30_000 });

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  sessionStorage.clear();
  localStorage.clear();
  history.replaceState(null, '', '/');
});
afterAll(() => server.close());
