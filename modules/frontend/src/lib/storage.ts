/** Web storage that may be full, forbidden or absent: then the page forgets, and works on. */
export function readStored(storage: 'local' | 'session', key: string): string | null {
  try {
    return areaOf(storage).getItem(key);
  } catch {
    return null;
  }
}

export function writeStored(storage: 'local' | 'session', key: string, value: string | null): void {
  try {
    if (value) areaOf(storage).setItem(key, value);
    else areaOf(storage).removeItem(key);
  } catch {
    return;
  }
}

/** Forgets everything whose key begins like this. */
export function forgetStored(storage: 'local' | 'session', prefix: string): void {
  try {
    const area = areaOf(storage);
    for (const key of Object.keys(area)) if (key.startsWith(prefix)) area.removeItem(key);
  } catch {
    return;
  }
}

function areaOf(storage: 'local' | 'session'): Storage {
  return storage === 'local' ? localStorage : sessionStorage;
}
