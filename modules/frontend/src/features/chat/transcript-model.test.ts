import { describe, expect, it } from 'vitest';

import { eventsOf } from '@/testing/events';
import { message } from '@/testing/fixtures';

import type { ConversationRun } from './conversation-run';
import { NEW_RUN, reduceRun, type RunAction } from './run-reducer';
import { askRequest, editRequest, regenerateRequest, type RunRequest } from './run-request';
import { storedEntries, transcriptOf } from './transcript-model';

const events = eventsOf('r2');

const STORED = storedEntries(
  [
    message({ id: 'q1', content: 'Why?' }),
    message({ id: 'a1', role: 'assistant', content: 'Because.' }),
  ],
  new Set(),
);

const ANSWERING: RunAction[] = [
  { type: 'event', event: events.started('1-1') },
  { type: 'event', event: events.start('1-2') },
  { type: 'event', event: events.text('1-3', 'Since') },
];

function run(request: RunRequest | null, actions: RunAction[]): ConversationRun {
  const state = actions.reduce(reduceRun, NEW_RUN);
  return { runId: 'r2', conversationId: 'c1', request, state };
}

function seen(entries: ReturnType<typeof transcriptOf>): string[] {
  return entries.map(({ role, text, status }) => `${role}: ${text} (${status})`);
}

const BEFORE = ['user: Why? (complete)', 'assistant: Because. (complete)'];

describe('transcriptOf', () => {
  it.each<[string, ConversationRun | undefined, string[]]>([
    ['what is stored', undefined, BEFORE],
    [
      'a question on its way',
      run(askRequest('c1', 'And?'), []),
      [...BEFORE, 'user: And? (complete)', 'assistant:  (sending)'],
    ],
    [
      'a question that waits for its answer',
      run(askRequest('c1', 'And?'), ANSWERING.slice(0, 1)),
      [...BEFORE, 'user: And? (complete)', 'assistant:  (waiting)'],
    ],
    [
      'an answer being written',
      run(askRequest('c1', 'And?'), ANSWERING),
      [...BEFORE, 'user: And? (complete)', 'assistant: Since (writing)'],
    ],
    [
      'an answer made again in the place of the earlier',
      run(regenerateRequest('c1', 'a1'), ANSWERING),
      ['user: Why? (complete)', 'assistant: Since (writing)'],
    ],
    [
      'an edited question in the place of the earlier',
      run(editRequest('c1', 'q1', 'How?'), ANSWERING),
      ['user: How? (complete)', 'assistant: Since (writing)'],
    ],
    [
      'an answer that this page joined',
      run(null, ANSWERING),
      [...BEFORE, 'assistant: Since (writing)'],
    ],
    [
      'a refusal, which replaces nothing',
      run(regenerateRequest('c1', 'a1'), [
        { type: 'refused', fault: { code: 'unavailable', message: 'Away.', retryable: true } },
      ]),
      [...BEFORE, 'assistant:  (refused)'],
    ],
    [
      'an answer stopped before its first word',
      run(askRequest('c1', 'And?'), [
        ...ANSWERING.slice(0, 1),
        { type: 'event', event: events.finished('1-2', { type: 'cancelled' }) },
      ]),
      [...BEFORE, 'user: And? (complete)', 'assistant:  (stopped)'],
    ],
    [
      'a failure with the words that came before it',
      run(askRequest('c1', 'And?'), [...ANSWERING, { type: 'event', event: events.failed('1-4') }]),
      [...BEFORE, 'user: And? (complete)', 'assistant: Since (failed)'],
    ],
  ])('shows %s', (_, current, lines) => {
    expect(seen(transcriptOf(STORED, current))).toEqual(lines);
  });

  it('shows a stored question once', () => {
    const request = askRequest('c1', 'And?');
    const stored = [
      ...STORED,
      ...storedEntries([message({ id: request.question?.id ?? '' })], new Set()),
    ];
    expect(transcriptOf(stored, run(request, ANSWERING))).toHaveLength(4);
  });

  it('prefers the stored answer of a run that ended', () => {
    const ended = run(null, [...ANSWERING, { type: 'event', event: events.failed('1-4') }]);
    const answer = message({ id: 'other', role: 'assistant', runId: 'r2', status: 'failed' });
    const stored = [...STORED, ...storedEntries([answer], new Set())];
    expect(transcriptOf(stored, ended)).toBe(stored);
  });

  it('shows the conversation as the run states it', () => {
    const stated = run(null, [
      { type: 'event', event: events.started('2-1') },
      {
        type: 'event',
        event: events.snapshot('2-2', [
          { id: 'q1', role: 'user', content: 'Why?' },
          { id: 'a9', role: 'assistant', content: 'As stored.' },
        ]),
      },
      { type: 'event', event: events.finished('2-3') },
    ]);
    expect(seen(transcriptOf(STORED, stated))).toEqual([
      'user: Why? (complete)',
      'assistant: As stored. (complete)',
    ]);
  });

  it('shows the place in line until the answer begins', () => {
    const waiting: RunAction[] = [
      { type: 'event', event: events.started('1-1') },
      { type: 'event', event: events.waiting('1-2', 3) },
    ];
    const answered: RunAction = { type: 'event', event: events.start('1-3') };
    expect(transcriptOf(STORED, run(null, waiting)).at(-1)?.placeInLine).toBe(3);
    expect(transcriptOf(STORED, run(null, [...waiting, answered])).at(-1)?.placeInLine).toBeNull();
  });
});
