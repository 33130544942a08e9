import { FluentProvider, webLightTheme } from '@fluentui/react-components';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';

import { Composer } from './composer';

const onSend = vi.fn<(draft: string) => void>();

function Writing() {
  const [draft, setDraft] = useState('');
  return (
    <FluentProvider theme={webLightTheme}>
      <Composer
        draft={draft}
        answering={false}
        stopping={false}
        onDraft={setDraft}
        onSend={() => onSend(draft)}
        onStop={() => undefined}
      />
    </FluentProvider>
  );
}

function write() {
  onSend.mockClear();
  render(<Writing />);
  const field = screen.getByRole('textbox', { name: 'Ask a question' });
  const names = () => screen.queryAllByRole('option').map(({ textContent }) => textContent);
  return { user: userEvent.setup(), field, names };
}

describe('Commands', () => {
  it('are listed from the first stroke, fewer with each letter', async () => {
    const { user, field, names } = write();
    await user.type(field, '/');
    expect(names()).toHaveLength(8);

    await user.type(field, 're');
    expect(names().map((name) => name.split(/(?=[A-Z])/)[0])).toEqual([
      '/request',
      '/requests',
      '/reviews',
    ]);
    await user.type(field, 'x');
    expect(names()).toEqual([]);
  });

  it('become a question that is not sent before it is seen', async () => {
    const { user, field, names } = write();
    await user.type(field, '/app{Enter}');

    expect(field).toHaveValue('What waits for my approval?');
    expect(names()).toEqual([]);
    expect(onSend).not.toHaveBeenCalled();
    await user.type(field, '{Enter}');
    expect(onSend).toHaveBeenCalledWith('What waits for my approval?');
  });

  it('are walked through by arrows, around both ends', async () => {
    const { user, field } = write();
    await user.type(field, '/{ArrowUp}');
    const active = screen.getByRole('option', { selected: true });
    expect(active).toHaveTextContent('/team');
    expect(field).toHaveAttribute('aria-activedescendant', active.id);

    await user.type(field, '{ArrowDown}{ArrowDown}{Tab}');
    expect(field).toHaveValue('What can I request for ');
    expect(field).toHaveFocus();
  });

  it('are taken with a pointer, and the field keeps the focus', async () => {
    const { user, field } = write();
    await user.type(field, '/');
    await user.click(screen.getByRole('option', { name: /cancel/ }));

    expect(field).toHaveValue('Cancel my request for ');
    expect(field).toHaveFocus();
  });

  it('go away with Escape, and what looks like one can be sent', async () => {
    const { user, field, names } = write();
    await user.type(field, '/access{Escape}');
    expect(names()).toEqual([]);

    await user.type(field, '{Enter}');
    expect(onSend).toHaveBeenCalledWith('/access');
  });
});
