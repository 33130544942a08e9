import { FluentProvider, webLightTheme } from '@fluentui/react-components';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter } from 'react-router';
import { describe, expect, it } from 'vitest';

import { Markdown } from './markdown';

function show(text: string, links: Readonly<Record<string, string>> = {}) {
  return render(
    <MemoryRouter>
      <FluentProvider theme={webLightTheme}>
        <Markdown text={text} links={new Map(Object.entries(links))} />
      </FluentProvider>
    </MemoryRouter>,
  );
}

describe('Markdown', () => {
  it('shows a table that scrolls inside itself', () => {
    show('| Item | Until |\n| --- | --- |\n| SAP | 2027 |');
    expect(screen.getByRole('region', { name: 'Table' })).toContainElement(
      screen.getByRole('cell', { name: 'SAP' }),
    );
  });

  it('copies code as it was written', async () => {
    const user = userEvent.setup();
    show('```json\n{"a": 1}\n```');
    await user.click(screen.getByRole('button', { name: 'Copy code' }));
    expect(await navigator.clipboard.readText()).toBe('{"a": 1}');
  });

  it.each([
    ['a script', '<script>alert(1)</script>'],
    ['a frame', '<iframe src="https://evil.example"></iframe>'],
    ['a picture', '![stolen](https://evil.example/?secret)'],
  ])('lets no %s in', (_, text) => {
    const { container } = show(text);
    expect(container.querySelector('script, iframe, img')).toBeNull();
  });

  it.each([
    ['[click](javascript:alert(1))', 'click'],
    ['[Confirm here](https://evil.example/login)', 'Confirm here (https://evil.example/login)'],
    ['See https://evil.example/login', 'See https://evil.example/login'],
  ])('leads nowhere from %s', (text, shown) => {
    const { container } = show(text);
    expect(container).toHaveTextContent(shown);
    expect(screen.queryByRole('link')).toBeNull();
  });

  it('leads from the name of a record to the record', () => {
    show('You hold **SAP Finance** and SAP, not SAPling or `SAP`.', {
      SAP: '?panel=access&at=1',
      'SAP Finance': '?panel=access&at=2',
    });
    expect(screen.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual([
      '/?panel=access&at=2',
      '/?panel=access&at=1',
    ]);
  });
});
