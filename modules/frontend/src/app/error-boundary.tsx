import { Component, type ReactNode } from 'react';

import { CenteredPage } from '@/components/centered-page';
import { Problem } from '@/components/problem';

interface ErrorBoundaryProps {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <CenteredPage>
        <Problem
          what="This page stopped working."
          still="Your conversations are kept."
          action="Reload"
          onRetry={() => location.reload()}
        />
      </CenteredPage>
    );
  }
}
