import type { ApiClient } from '@/lib/api-client';
import { conversationPath } from '@/lib/queries/conversations';

export type ExportFormat = 'markdown' | 'json';

const EXTENSIONS: Record<ExportFormat, string> = { markdown: 'md', json: 'json' };

/** The request needs the sign-in, which a plain link would not carry. */
export async function exportConversation(
  api: ApiClient,
  id: string,
  title: string,
  format: ExportFormat,
): Promise<void> {
  const response = await api.request(`${conversationPath(id)}/export?format=${format}`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = fileName(title, format);
  link.click();
  URL.revokeObjectURL(link.href);
}

export function fileName(title: string, format: ExportFormat): string {
  const safe = title.replace(/[\\/:*?"<>|\p{Cc}\s]+/gu, ' ').trim();
  return `${safe || 'Conversation'}.${EXTENSIONS[format]}`;
}
