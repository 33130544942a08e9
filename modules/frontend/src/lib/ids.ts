/** A random UUID. `crypto.randomUUID` exists only on https and localhost; a plain http host needs the long way. */
export function newId(): string {
  const available: Partial<Crypto> = crypto;
  return available.randomUUID?.() ?? uuidFrom(crypto.getRandomValues(new Uint8Array(16)));
}

export function uuidFrom(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte, index) => {
    if (index === 6) return (byte & 0x0f) | 0x40;
    if (index === 8) return (byte & 0x3f) | 0x80;
    return byte;
  })
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
