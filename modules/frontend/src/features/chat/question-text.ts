export const MAX_QUESTION = 32_000;

export function isSendable(text: string): boolean {
  return text.trim() !== '' && text.length <= MAX_QUESTION;
}
