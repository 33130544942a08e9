import { useCallback, useState } from 'react';

/** Which row of a list is open: at first the one that the address means. */
export function useOpenRow(at: string | undefined) {
  const [open, setOpen] = useState<{ at: string | undefined; id: string | null }>({
    at,
    id: at ?? null,
  });
  // The address names another record: that is the one to read now.
  if (open.at !== at) setOpen({ at, id: at ?? open.id });
  const toggle = useCallback(
    (id: string) => setOpen((known) => ({ ...known, id: known.id === id ? null : id })),
    [],
  );
  return { openId: open.id, toggle };
}
