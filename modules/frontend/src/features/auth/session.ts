import type { Person } from './person';
import type { TokenKeeper } from './token-keeper';

export interface Session {
  readonly keeper: TokenKeeper;
  /** Null where the organisation signs people in: then the server knows who it is. */
  readonly person: Person | null;
  readonly people: readonly Person[];
  readonly choose: (personId: string) => void;
  /** The server does not take this sign-in any more. */
  readonly signOut: () => void;
  /** The person wants to be signed out in this browser. Rejects where the organisation cannot be reached. */
  readonly leave: () => Promise<void>;
}
