/** Shows what is left to do when drawing the window fails, instead of an empty page. What runs elsewhere is untouched by it. */
import { Component, type ReactNode } from 'react';
import { i18n } from '../i18n/i18n.ts';
import { Button } from './Button.tsx';
import { safeText } from './safeText.ts';

export interface FaultBoundaryProps {
  readonly children: ReactNode;
  /** One sentence about what is not lost, asked for when it is needed: the language may change meanwhile. */
  readonly reassurance: () => string;
  readonly onReload: () => void;
}

export class FaultBoundary extends Component<FaultBoundaryProps, { readonly message: string | undefined }> {
  override readonly state = { message: undefined };

  static getDerivedStateFromError(thrown: unknown): { readonly message: string } {
    return { message: thrown instanceof Error ? thrown.message : String(thrown) };
  }

  override render(): ReactNode {
    if (this.state.message === undefined) return this.props.children;
    return (
      <main className="fault" role="alert">
        <h1>{i18n.t('window.fault')}</h1>
        <p>{this.props.reassurance()}</p>
        <p className="mono">{safeText(this.state.message)}</p>
        <Button look="primary" onClick={this.props.onReload}>
          {i18n.t('window.reload')}
        </Button>
      </main>
    );
  }
}
