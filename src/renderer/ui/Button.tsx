/** A push button in the few looks the window uses. */
import type { ButtonHTMLAttributes } from 'react';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary` once a screen; `quiet` for what stands beside text; `danger` for what cannot be undone. */
  readonly look?: 'normal' | 'primary' | 'quiet' | 'danger';
}

export function Button({ look = 'normal', className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={`button ${look}${className === undefined ? '' : ` ${className}`}`} {...rest} />;
}
