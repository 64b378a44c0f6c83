/** Shows what is left to do when drawing the window fails, instead of an empty page. What runs elsewhere is untouched by it. */
import { Component, type ReactNode } from 'react';
import { Button } from './Button.tsx';
import { safeText } from './safeText.ts';

export interface FaultBoundaryProps {
  readonly children: ReactNode;
  /** One sentence about what is not lost. */
  readonly reassurance: string;
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
        <h1>This window could not be drawn</h1>
        <p>{this.props.reassurance}</p>
        <p className="mono">{safeText(this.state.message)}</p>
        <Button look="primary" onClick={this.props.onReload}>
          Reload the window
        </Button>
      </main>
    );
  }
}
