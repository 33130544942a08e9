import { EventType, type Event, type Message, type RunFinishedOutcome } from '@ag-ui/core';

/** The events of one run, numbered like the server numbers them. */
export function eventsOf(runId: string, threadId = 'c1') {
  const at = (cursor: string) => {
    const [gen, seq] = cursor.split('-').map(Number);
    return { metadata: { gen, seq, runId } };
  };
  const answer = 'answer';
  return {
    runId,
    started: (cursor: string): Event => ({
      type: EventType.RUN_STARTED,
      threadId,
      runId,
      ...at(cursor),
    }),
    start: (cursor: string, messageId = answer): Event => ({
      type: EventType.TEXT_MESSAGE_START,
      messageId,
      role: 'assistant',
      ...at(cursor),
    }),
    text: (cursor: string, delta: string, messageId = answer): Event => ({
      type: EventType.TEXT_MESSAGE_CONTENT,
      messageId,
      delta,
      ...at(cursor),
    }),
    waiting: (cursor: string, position: number): Event => ({
      type: EventType.CUSTOM,
      name: 'waiting',
      value: { position },
      ...at(cursor),
    }),
    call: (cursor: string, toolCallId: string, parentMessageId = answer): Event => ({
      type: EventType.TOOL_CALL_START,
      toolCallId,
      toolCallName: 'list_my_access',
      parentMessageId,
      metadata: { title: 'Looked up your access', ...at(cursor).metadata },
    }),
    arguments: (cursor: string, toolCallId: string, delta: string): Event => ({
      type: EventType.TOOL_CALL_ARGS,
      toolCallId,
      delta,
      ...at(cursor),
    }),
    result: (cursor: string, toolCallId: string, content = '{"items":[]}'): Event => ({
      type: EventType.TOOL_CALL_RESULT,
      messageId: `${toolCallId}-result`,
      toolCallId,
      content,
      role: 'tool',
      metadata: { seconds: 0.4, isError: false, ...at(cursor).metadata },
    }),
    end: (cursor: string, messageId = answer): Event => ({
      type: EventType.TEXT_MESSAGE_END,
      messageId,
      ...at(cursor),
    }),
    snapshot: (cursor: string, messages: Message[]): Event => ({
      type: EventType.MESSAGES_SNAPSHOT,
      messages,
      ...at(cursor),
    }),
    finished: (cursor: string, outcome: RunFinishedOutcome = { type: 'success' }): Event => ({
      type: EventType.RUN_FINISHED,
      threadId,
      runId,
      outcome,
      ...at(cursor),
    }),
    failed: (cursor: string, text = 'It broke.'): Event => ({
      type: EventType.RUN_ERROR,
      message: text,
      code: 'internal',
      ...at(cursor),
    }),
  };
}
