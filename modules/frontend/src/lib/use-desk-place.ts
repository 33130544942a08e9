import { useCallback, useMemo } from 'react';
import { useLocation, useNavigate } from 'react-router';

import { deskSearch, readDeskPlace, type DeskPlace } from './desk-place';

export function useDeskPlace() {
  const { search } = useLocation();
  const navigate = useNavigate();
  const place = useMemo(() => readDeskPlace(search), [search]);
  const open = useCallback(
    (next: DeskPlace) => void navigate({ search: deskSearch(next) }),
    [navigate],
  );
  const close = useCallback(() => void navigate({ search: '' }), [navigate]);
  return { place, open, close };
}
