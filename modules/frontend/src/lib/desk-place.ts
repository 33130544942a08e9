export const DESK_PANELS = [
  'access',
  'request',
  'requests',
  'approvals',
  'reviews',
  'team',
] as const;

export type DeskPanel = (typeof DESK_PANELS)[number];

/** What the panel beside the chat shows. It stands in the address, so that it survives a reload. */
export interface DeskPlace {
  readonly panel: DeskPanel;
  /** The record that is meant among those of the panel. */
  readonly at?: string | undefined;
  /** Somebody who reports to the reader, where it is about them. */
  readonly person?: string | undefined;
  readonly review?: string | undefined;
  /** What is searched for. */
  readonly find?: string | undefined;
}

const DETAILS = ['at', 'person', 'review', 'find'] as const;

export function deskSearch(place: DeskPlace): string {
  const parameters = new URLSearchParams({ panel: place.panel });
  for (const name of DETAILS) {
    const value = place[name];
    if (value) parameters.set(name, value);
  }
  return `?${parameters.toString()}`;
}

/** Null when no panel is open. */
export function readDeskPlace(search: string): DeskPlace | null {
  const parameters = new URLSearchParams(search);
  const panel = DESK_PANELS.find((name) => name === parameters.get('panel'));
  if (!panel) return null;
  const details = DETAILS.map((name) => [name, parameters.get(name) ?? undefined]);
  return { panel, ...(Object.fromEntries(details) as Partial<DeskPlace>) };
}
