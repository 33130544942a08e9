import { Field, Select } from '@fluentui/react-components';

import type { TeamMember } from '@/lib/queries/desk-shapes';

interface PersonFieldProps {
  readonly team: readonly TeamMember[];
  readonly personId: string | null;
  readonly onChoose: (personId: string | undefined) => void;
}

/** For whom; only somebody with reports has a choice. */
export function PersonField({ team, personId, onChoose }: PersonFieldProps) {
  if (team.length === 0) return null;
  return (
    <Field label="For">
      <Select
        value={personId ?? ''}
        onChange={(_, { value }) => onChoose(value === '' ? undefined : value)}
      >
        <option value="">me</option>
        {team.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  );
}
