import {
  Avatar,
  Button,
  Menu,
  MenuDivider,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tooltip,
  makeStyles,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { PhoneLaptopRegular, PlugDisconnectedRegular, SignOutRegular } from '@fluentui/react-icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { ProblemDialog } from '@/components/problem-dialog';
import type { Session } from '@/features/auth/session';
import { connectionQuery } from '@/lib/queries/connection';
import { meQuery } from '@/lib/queries/me';
import { useServices } from '@/lib/services';

import { DisconnectDialog, SignOutEverywhereDialog } from './leaving';

const useStyles = makeStyles({
  trigger: {
    flexGrow: 1,
    minWidth: 0,
    justifyContent: 'flex-start',
    columnGap: tokens.spacingHorizontalS,
    paddingInline: tokens.spacingHorizontalS,
    fontWeight: tokens.fontWeightRegular,
  },
  name: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  who: {
    display: 'grid',
    maxWidth: '280px',
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    overflowWrap: 'anywhere',
  },
  whoName: typographyStyles.body1Strong,
  email: { ...typographyStyles.caption1, color: tokens.colorNeutralForeground3 },
});

type Leaving = 'disconnect' | 'everywhere';

/** Who is signed in, and the ways out. */
export function PersonMenu({ session }: { readonly session: Session }) {
  const { api } = useServices();
  const me = useQuery(meQuery(api)).data;
  const [leaving, setLeaving] = useState<Leaving | null>(null);
  const signOut = useMutation({ mutationFn: session.leave });
  const close = () => setLeaving(null);
  const name = session.person?.name ?? me?.name ?? null;
  return (
    <>
      <AccountMenu
        name={name}
        email={me?.email ?? null}
        onLeave={setLeaving}
        onSignOut={() => signOut.mutate()}
      />
      {leaving === 'disconnect' && <DisconnectDialog onClose={close} />}
      {leaving === 'everywhere' && <SignOutEverywhereDialog session={session} onClose={close} />}
      {signOut.isError && (
        <ProblemDialog
          label="Sign-out failed"
          what="You could not be signed out."
          still="You are still signed in in this browser. Close it if others use it too."
          onClose={() => signOut.reset()}
          onRetry={() => signOut.mutate()}
        />
      )}
    </>
  );
}

interface WaysOutProps {
  readonly onLeave: (leaving: Leaving) => void;
  readonly onSignOut: () => void;
}

interface WhoProps {
  /** Null while the server has not said. */
  readonly name: string | null;
  readonly email: string | null;
}

function AccountMenu({ name, email, onLeave, onSignOut }: WhoProps & WaysOutProps) {
  const styles = useStyles();
  return (
    <Menu positioning="above-start">
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content="Your account" relationship={name ? 'description' : 'label'}>
          <Button appearance="subtle" className={styles.trigger}>
            <Avatar name={name ?? ''} color="colorful" size={24} aria-hidden />
            {name && (
              <span className={styles.name}>
                <bdi>{name}</bdi>
              </span>
            )}
          </Button>
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <Who name={name} email={email} />
        <MenuDivider />
        <WaysOut onLeave={onLeave} onSignOut={onSignOut} />
      </MenuPopover>
    </Menu>
  );
}

function Who({ name, email }: WhoProps) {
  const styles = useStyles();
  return (
    <div className={styles.who}>
      <span className={styles.whoName}>
        <bdi>{name}</bdi>
      </span>
      <span className={styles.email}>{email}</span>
    </div>
  );
}

function WaysOut({ onLeave, onSignOut }: WaysOutProps) {
  const { api } = useServices();
  const connection = useQuery(connectionQuery(api)).data;
  return (
    <MenuList>
      {connection?.mode === 'user' && connection.connected && (
        <MenuItem icon={<PlugDisconnectedRegular />} onClick={() => onLeave('disconnect')}>
          Disconnect SailPoint
        </MenuItem>
      )}
      <MenuItem icon={<SignOutRegular />} onClick={onSignOut}>
        Sign out
      </MenuItem>
      <MenuItem icon={<PhoneLaptopRegular />} onClick={() => onLeave('everywhere')}>
        Sign out everywhere
      </MenuItem>
    </MenuList>
  );
}
