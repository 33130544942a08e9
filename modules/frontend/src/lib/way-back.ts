import { readStored, writeStored } from './storage';

const KEY = 'icarus.place';

/** Before the whole page is left for another one that comes back to the start. */
export function keepPlace(): void {
  writeStored('session', KEY, location.pathname);
}

/** Where the reader was then. */
export function placeBefore(): string {
  return readStored('session', KEY) ?? '/';
}
