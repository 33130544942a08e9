import type { Event } from '@ag-ui/core';
import { describe, expect, it } from 'vitest';

import { eventsOf } from '@/testing/events';

import { JOINED_RUN, NEW_RUN, reduceRun, type RunState } from './run-reducer';

const run = eventsOf('r1');

function after(...events: Event[]): RunState {
  return events.reduce((state, event) => reduceRun(state, { type: 'event', event }), NEW_RUN);
}

function textOf({ messages }: RunState): string {
  return messages.map(({ text }) => text).join('|');
}

const OPENING = [run.started('1-1'), run.start('1-2')];

describe('reduceRun', () => {
  it.each<[name: string, events: Event[], text: string]>([
    ['one delta', [run.text('1-3', 'Hello')], 'Hello'],
    ['many deltas', [run.text('1-3', 'He'), run.text('1-4', 'll'), run.text('1-5', 'o')], 'Hello'],
    ['an empty delta', [run.text('1-3', 'Hello'), run.text('1-4', '')], 'Hello'],
    ['a character cut in two', [run.text('1-3', '\ud83d'), run.text('1-4', '\ude00')], '😀'],
    ['a repeated event', [run.text('1-3', 'Hi'), run.text('1-3', 'Hi')], 'Hi'],
    ['a replay', [run.text('1-3', 'Hi'), ...OPENING, run.text('1-3', 'Hi')], 'Hi'],
    ['a replay that goes on', [run.text('1-3', 'H'), ...OPENING, run.text('1-4', 'i')], 'Hi'],
    [
      'a late event of an earlier owner',
      [run.text('1-3', 'Hi'), run.text('2-4', '!'), run.text('1-5', '?')],
      'Hi!',
    ],
    ['a message that is unknown', [run.text('1-3', 'Hi', 'other')], ''],
  ])('takes %s', (_, events, text) => {
    expect(textOf(after(...OPENING, ...events))).toBe(text);
  });

  it.each<[name: string, events: Event[], text: string, continued: boolean]>([
    ['goes on where the earlier stopped', [run.text('2-5', ' C')], 'A B C', false],
    ['takes back the last event', [run.text('2-4', ' D')], 'A D', true],
    ['takes back all text', [run.text('2-3', 'D')], 'D', true],
    ['takes back the message', [run.start('2-2', 'm2'), run.text('2-3', 'D', 'm2')], 'D', true],
    ['starts over', [run.started('2-1'), run.start('2-2'), run.text('2-3', 'D')], 'D', true],
    ['gives way to a third', [run.text('2-4', ' D'), run.text('3-4', ' E')], 'A E', true],
    ['repeats itself', [run.text('2-4', ' D'), run.text('2-4', ' D')], 'A D', true],
  ])('a later generation %s', (_, events, text, continued) => {
    const state = after(...OPENING, run.text('1-3', 'A'), run.text('1-4', ' B'), ...events);
    expect(textOf(state)).toBe(text);
    expect(state.continued).toBe(continued);
  });

  it('takes back an end that a later generation does not confirm', () => {
    const state = after(...OPENING, run.text('1-3', 'A'), run.failed('1-4'), run.text('2-4', 'B'));
    expect(state).toMatchObject({ phase: 'answering', fault: null });
    expect(textOf(state)).toBe('AB');
  });

  it('drops the unfinished text that a snapshot leaves out, and marks the restart', () => {
    const state = after(
      ...OPENING,
      run.text('1-3', 'Half an ans'),
      run.end('2-4'),
      run.snapshot('2-5', [{ id: 'q', role: 'user', content: 'Why?' }]),
      run.start('2-6', 'second'),
      run.text('2-7', 'Whole', 'second'),
    );
    expect(state.messages).toEqual([{ id: 'second', text: 'Whole' }]);
    expect(state.continued).toBe(true);
  });

  it('keeps the text that a snapshot holds', () => {
    const state = after(
      ...OPENING,
      run.text('1-3', 'Done'),
      run.end('1-4'),
      run.snapshot('1-5', [{ id: 'answer', role: 'assistant', content: 'Done' }]),
    );
    expect(textOf(state)).toBe('Done');
    expect(state.continued).toBe(false);
  });

  it('keeps what was done for the answer, and takes it back with it', () => {
    const calls = [
      run.call('1-3', 's1'),
      run.arguments('1-4', 's1', '{}'),
      run.result('1-5', 's1'),
    ];
    const state = after(...OPENING, ...calls);
    expect(state.steps).toMatchObject([
      { id: 's1', title: 'Looked up your access', arguments: '{}', result: { seconds: 0.4 } },
    ]);
    const snapshot = run.snapshot('2-4', [{ id: 'q', role: 'user', content: 'Why?' }]);
    expect(after(...OPENING, ...calls, snapshot).steps).toEqual([]);
    expect(after(...OPENING, ...calls, run.text('2-5', 'x')).steps).toMatchObject([
      { id: 's1', result: null },
    ]);
  });

  it.each([
    [run.finished('1-3'), 'finished'],
    [run.finished('1-3', { type: 'cancelled' }), 'stopped'],
    [run.failed('1-3'), 'failed'],
  ] as const)('ends with $0.type as $1', (event, phase) => {
    expect(after(...OPENING, event).phase).toBe(phase);
  });

  it('keeps what the server says about a failure', () => {
    expect(after(...OPENING, run.failed('1-3', 'Too long.')).fault).toEqual({
      code: 'internal',
      message: 'Too long.',
      retryable: false,
    });
  });

  it('forgets everything at a reset and takes the replay', () => {
    const reset = reduceRun(after(...OPENING, run.text('1-3', 'Hi')), { type: 'reset' });
    expect(reset).toEqual(JOINED_RUN);
    const again = [...OPENING, run.text('1-3', 'Hi')].reduce(
      (state, event) => reduceRun(state, { type: 'event', event }),
      reset,
    );
    expect(textOf(again)).toBe('Hi');
  });

  it('keeps the text when the server refuses', () => {
    const fault = { code: 'conversation_busy', message: 'Busy.', retryable: true };
    expect(reduceRun(NEW_RUN, { type: 'refused', fault })).toMatchObject({
      phase: 'refused',
      fault,
    });
  });

  it('ignores an event without a place', () => {
    const event: Event = { ...run.text('1-3', 'Hi'), metadata: {} };
    expect(textOf(after(...OPENING, event))).toBe('');
  });

  it('takes ten thousand events, and a withdrawal of half of them, in no time', () => {
    const deltas = Array.from({ length: 10_000 }, (_, index) => run.text(`1-${index + 3}`, 'x'));
    const started = performance.now();
    const state = after(...OPENING, ...deltas, run.text('2-5003', '!'));
    expect(textOf(state)).toBe(`${'x'.repeat(5_000)}!`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
