import { Button, Caption1, Persona, makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';

import { turnsWhenPointedAt } from '@/components/contrast';
import type { DeskPlace } from '@/lib/desk-place';
import { teamQuery } from '@/lib/queries/desk';
import type { Team } from '@/lib/queries/desk-shapes';
import { useServices } from '@/lib/services';

import { Loaded } from './loaded';
import { MemberAccess } from './member-access';
import { Nothing } from './nothing';
import { usePanelStyles } from './panel-styles';
import { useRows } from './use-rows';

const useStyles = makeStyles({
  person: {
    width: '100%',
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    font: 'inherit',
    color: 'inherit',
    textAlign: 'start',
    cursor: 'pointer',
    border: 0,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: 'transparent',
    ...turnsWhenPointedAt,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
  },
});

interface TeamPanelProps {
  readonly place: DeskPlace;
  readonly onOpen: (place: DeskPlace) => void;
}

/** Who reports to the reader, and what they hold. */
export function TeamPanel({ place, onOpen }: TeamPanelProps) {
  const { api } = useServices();
  const query = useQuery(teamQuery(api));
  return (
    <Loaded query={query} what="your team">
      {(team) =>
        place.person ? (
          <Member team={team} personId={place.person} at={place.at} onOpen={onOpen} />
        ) : (
          <Members team={team} onOpen={onOpen} />
        )
      }
    </Loaded>
  );
}

function Members({ team, onOpen }: Pick<TeamPanelProps, 'onOpen'> & { readonly team: Team }) {
  const styles = useStyles();
  const panel = usePanelStyles();
  const { list, onKeyDown } = useRows();
  if (team.items.length === 0) {
    return (
      <Nothing
        panel="team"
        what="In SailPoint nobody reports to you."
        lesson="Whoever does is listed here, with what they hold and why."
      />
    );
  }
  return (
    // eslint-disable-next-line jsx-a11y-x/no-static-element-interactions -- the rows are the buttons
    <div ref={list} onKeyDown={onKeyDown}>
      <ul className={panel.list} aria-label="Your reports">
        {team.items.map(({ id, name, email, accessCount }) => (
          <li key={id}>
            <button
              type="button"
              className={styles.person}
              data-row={id}
              aria-label={name}
              onClick={() => onOpen({ panel: 'team', person: id })}
            >
              <Persona
                name={name}
                secondaryText={`${email ?? 'no e-mail address'}${holding(accessCount)}`}
                avatar={{ color: 'colorful', 'aria-hidden': true }}
              />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function holding(count: number | null): string {
  return count === null ? '' : ` · holds ${count}`;
}

interface MemberProps extends Pick<TeamPanelProps, 'onOpen'> {
  readonly team: Team;
  readonly personId: string;
  readonly at: string | undefined;
}

function Member({ team, personId, at, onOpen }: MemberProps) {
  const panel = usePanelStyles();
  const member = team.items.find(({ id }) => id === personId);
  return (
    <>
      <div className={panel.block}>
        <Persona
          name={member?.name ?? ''}
          secondaryText={member?.email ?? ''}
          avatar={{ color: 'colorful', 'aria-hidden': true }}
        />
        <div className={panel.buttons}>
          <Button onClick={() => onOpen({ panel: 'request', person: personId })}>
            Request access for them
          </Button>
          <Button appearance="subtle" onClick={() => onOpen({ panel: 'team' })}>
            All of my team
          </Button>
        </div>
      </div>
      <MemberAccess personId={personId} at={at} />
      <Caption1 as="p" className={panel.note}>
        Taking access away is a request of its own: SailPoint carries it out.
      </Caption1>
    </>
  );
}
