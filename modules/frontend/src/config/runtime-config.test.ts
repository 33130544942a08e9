import { expect, it } from 'vitest';

import { socketUrl } from './runtime-config';

it.each([
  ['', 'http://localhost:8000/c/1?x=1', 'ws://localhost:8000/ws/chat'],
  ['', 'https://icarus.example/c/1', 'wss://icarus.example/ws/chat'],
  ['https://api.example', 'https://page.example/', 'wss://api.example/ws/chat'],
])('the socket of %s from %s is %s', (apiBaseUrl, pageUrl, url) => {
  expect(socketUrl(apiBaseUrl, pageUrl)).toBe(url);
});
