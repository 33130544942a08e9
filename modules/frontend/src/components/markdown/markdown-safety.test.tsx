import { FluentProvider, webLightTheme } from '@fluentui/react-components';
import { render } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { Markdown } from './markdown';

const DANGEROUS = [
  '[click](javascript:alert(1))',
  '[click](JaVaScRiPt:alert(1))',
  '[click](data:text/html,<script>alert(1)</script>)',
  '[click](vbscript:msgbox(1))',
  '<a href="javascript:alert(1)">click</a>',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<iframe src="https://evil.example"></iframe>',
  '<svg onload=alert(1)>',
  '<style>body{display:none}</style>',
  '[click][1]\n\n[1]: javascript:alert(1)',
  '<javascript:alert(1)>',
];

function show(text: string) {
  const { container } = render(
    <FluentProvider theme={webLightTheme}>
      <Markdown text={text} />
    </FluentProvider>,
  );
  return container;
}

describe('what a model or a tenant wrote', () => {
  it.each(DANGEROUS)('runs nothing: %s', (text) => {
    const shown = show(text);
    expect(shown.querySelector('script, iframe, svg, style, object, embed, form')).toBeNull();
    for (const link of shown.querySelectorAll('a')) {
      expect(link.getAttribute('href') ?? '').not.toMatch(/^\s*(javascript|data|vbscript):/i);
    }
    for (const element of shown.querySelectorAll('*')) {
      expect(element.getAttributeNames().filter((name) => name.startsWith('on'))).toEqual([]);
    }
  });

  it('shows an address in full and leads nowhere', () => {
    const shown = show('[SailPoint](https://tenant.example/x) and https://tenant.example/y');
    expect(shown.querySelector('a')).toBeNull();
    expect(shown.textContent).toContain('SailPoint (https://tenant.example/x)');
    expect(shown.textContent).toContain('https://tenant.example/y');
  });
});
