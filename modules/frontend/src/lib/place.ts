import type { Event } from '@ag-ui/core';

/** Where an event stands in its run: `gen` counts the owners of the run, `seq` the events. */
export interface Place {
  readonly gen: number;
  readonly seq: number;
}

export function placeOf(event: Pick<Event, 'metadata'>): Place | null {
  const { gen, seq } = (event.metadata ?? {}) as { gen?: unknown; seq?: unknown };
  return Number.isInteger(gen) && Number.isInteger(seq) ? ({ gen, seq } as Place) : null;
}

export function cursorOf(place: Place | null): string {
  return place ? `${place.gen}-${place.seq}` : '0';
}

/** Whether an event at `next` says something that a reader who holds everything up to `held` does not know. */
export function isNews(next: Place, held: Place | null): boolean {
  if (!held) return true;
  return next.gen === held.gen ? next.seq > held.seq : next.gen > held.gen;
}
