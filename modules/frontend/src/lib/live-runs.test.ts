import type { RunAgentInput } from '@ag-ui/core';
import { describe, expect, it } from 'vitest';

import { eventsOf } from '@/testing/events';

import { LiveRuns } from './live-runs';

function inputOf(runId: string): RunAgentInput {
  return { threadId: 'c1', runId, messages: [], tools: [], context: [] };
}

describe('LiveRuns', () => {
  it('sends a run again under the same id until it is acknowledged', () => {
    const runs = new LiveRuns();
    const input = inputOf('r1');
    runs.start(input);
    expect(runs.resumption()).toEqual([{ type: 'run', input }]);
    runs.take(eventsOf('r1').started('1-1'));
    expect(runs.resumption()).toEqual([{ type: 'attach', runId: 'r1', after: '1-1' }]);
  });

  it('goes on after the last event of the latest generation', () => {
    const runs = new LiveRuns();
    const run = eventsOf('r1');
    runs.follow('r1');
    for (const event of [run.started('1-1'), run.start('1-2'), run.text('2-2', 'x')]) {
      runs.take(event);
    }
    runs.take(run.text('1-3', 'late'));
    expect(runs.resumption()).toEqual([{ type: 'attach', runId: 'r1', after: '2-2' }]);
  });

  it('attaches from the start after a rewind', () => {
    const runs = new LiveRuns();
    runs.follow('r1');
    runs.take(eventsOf('r1').started('1-1'));
    runs.rewind('r1');
    expect(runs.attachment('r1')).toEqual({ type: 'attach', runId: 'r1', after: '0' });
  });

  it('asks again to stop what was to be stopped', () => {
    const runs = new LiveRuns();
    runs.follow('r1');
    runs.stop('r1');
    expect(runs.resumption().at(-1)).toEqual({ type: 'cancel', runId: 'r1' });
  });

  it('forgets a run that ended', () => {
    const runs = new LiveRuns();
    runs.follow('r1');
    expect(runs.take(eventsOf('r1').finished('1-1'))).toBe('r1');
    expect(runs.resumption()).toEqual([]);
    expect(runs.take(eventsOf('r1').finished('1-1'))).toBeNull();
  });

  it('knows by its message whose an unnamed event is', () => {
    const runs = new LiveRuns();
    runs.follow('r1');
    runs.follow('r2');
    runs.take(eventsOf('r1').start('1-2', 'm1'));
    runs.take(eventsOf('r2').start('1-2', 'm2'));
    const unnamed = { ...eventsOf('').text('1-3', 'x', 'm2'), metadata: { gen: 1, seq: 3 } };
    expect(runs.take(unnamed)).toBe('r2');
  });

  it('gives an unnamed event to the run that it continues', () => {
    const runs = new LiveRuns();
    runs.follow('r1');
    runs.follow('r2');
    for (const event of [eventsOf('r1').started('1-1'), eventsOf('r1').start('1-2')]) {
      runs.take(event);
    }
    runs.take(eventsOf('r2').started('1-1'));
    const unnamed = { ...eventsOf('').start('1-2', 'm2'), metadata: { gen: 1, seq: 2 } };
    expect(runs.take(unnamed)).toBe('r2');
  });

  it('gives an unnamed event to the only run, and to none of several', () => {
    const runs = new LiveRuns();
    const unnamed = { ...eventsOf('').failed('1-3'), metadata: { gen: 1, seq: 3 } };
    runs.follow('r1');
    runs.follow('r2');
    expect(runs.take(unnamed)).toBeNull();
    runs.forget('r2');
    expect(runs.take(unnamed)).toBe('r1');
  });
});
