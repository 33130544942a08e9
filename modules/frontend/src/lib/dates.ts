const DAY_MS = 24 * 60 * 60_000;

/** The day in the reader's locale, with its weekday when it is near. */
export function dayOf(moment: string, now: Date = new Date()): string {
  const date = new Date(moment);
  const days = daysBetween(now, date);
  if (days === 0) return 'today';
  if (days === 1) return 'tomorrow';
  if (days === -1) return 'yesterday';
  if (Math.abs(days) < 7) {
    return date.toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'short' });
  }
  return date.toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' });
}

export function timeOf(moment: string): string {
  return new Date(moment).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

/** A moment of today by its time, another by its day and time. */
export function momentOf(moment: string, now: Date = new Date()): string {
  const day = dayOf(moment, now);
  return day === 'today' ? timeOf(moment) : `${day}, ${timeOf(moment)}`;
}

/** How long ago in whole days of the reader's clock; negative for what is to come. */
export function daysSince(moment: string, now: Date = new Date()): number {
  return -daysBetween(now, new Date(moment));
}

/** The day as `<input type="date">` writes it, in the reader's time zone. */
export function dateInputValue(date: Date): string {
  const pad = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** Rounded, because a day on which the clocks change has 23 or 25 hours. */
function daysBetween(from: Date, to: Date): number {
  return Math.round((startOfDay(to) - startOfDay(from)) / DAY_MS);
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
