import type { Person } from './person';
import type { TokenKeeper } from './token-keeper';

export interface Session {
  readonly keeper: TokenKeeper;
  /** Null where the organisation signs people in: then the server knows who it is. */
  readonly person: Person | null;
  readonly people: readonly Person[];
  readonly choose: (personId: string) => void;
  readonly signOut: () => void;
}
