import { Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type ReactNode } from 'react';

import { CenteredPage } from '@/components/centered-page';
import { Problem } from '@/components/problem';
import { Wait } from '@/components/wait';
import type { AuthConfig } from '@/config/runtime-config';
import { forgetStored, readStored, writeStored } from '@/lib/storage';

import { loadAuthProvider, type AuthProvider } from './auth-provider';
import { PersonChooser } from './person-chooser';
import type { Session } from './session';
import { TokenKeeper } from './token-keeper';

const PERSON_KEY = 'icarus.person';
/** Whoever left comes back from the organisation's page and is not to be signed in again unasked. */
const LEFT_KEY = 'icarus.left';
const DRAFTS = 'icarus.draft.';

interface SignInGateProps {
  readonly auth: AuthConfig;
  readonly children: (session: Session) => ReactNode;
}

export function SignInGate({ auth, children }: SignInGateProps) {
  const provider = useQuery({
    queryKey: ['auth-provider', auth],
    queryFn: () => loadAuthProvider(auth),
    staleTime: Infinity,
  });
  if (provider.data) return <PersonGate provider={provider.data}>{children}</PersonGate>;
  return (
    <CenteredPage>
      {provider.isError ? (
        <Problem
          what="You can't be signed in right now."
          still="Nothing you wrote is lost."
          onRetry={() => void provider.refetch()}
        />
      ) : (
        <Wait reason="the sign-in service">
          <Spinner label="Signing you in" />
        </Wait>
      )}
    </CenteredPage>
  );
}

interface PersonGateProps {
  readonly provider: AuthProvider;
  readonly children: (session: Session) => ReactNode;
}

function PersonGate({ provider, children }: PersonGateProps) {
  const [personId, setPersonId] = useState(() => readStored('session', PERSON_KEY));
  const [signedOut, setSignedOut] = useState(() => readStored('session', LEFT_KEY) !== null);
  const keeper = useMemo(
    () => new TokenKeeper(() => provider.acquireToken(personId)),
    [provider, personId],
  );
  const choose = (id: string | null) => {
    forgetStored('session', DRAFTS);
    writeStored('session', PERSON_KEY, id);
    setPersonId(id);
  };
  const people = provider.people ?? [];
  const person = people.find(({ id }) => id === personId) ?? null;
  if (provider.people && !person) return <PersonChooser people={people} onChoose={choose} />;
  if (signedOut) return <SignedOut />;
  const signOut = () => (provider.people ? choose(null) : setSignedOut(true));
  const leave = async () => {
    if (!provider.people) writeStored('session', LEFT_KEY, 'yes');
    try {
      await provider.leave();
    } catch (error) {
      writeStored('session', LEFT_KEY, null);
      throw error;
    }
    signOut();
  };
  return children({ keeper, person, people, choose, signOut, leave });
}

function SignedOut() {
  const signIn = () => {
    writeStored('session', LEFT_KEY, null);
    location.reload();
  };
  return (
    <CenteredPage>
      <Problem
        what="You have been signed out."
        still="Your conversations are kept."
        action="Sign in"
        onRetry={signIn}
      />
    </CenteredPage>
  );
}
