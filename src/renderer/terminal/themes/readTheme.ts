/** What a file of another terminal says of a theme, not yet looked at. */
export interface ReadTheme {
  readonly name: string | undefined;
  readonly colours: Readonly<Record<string, unknown>>;
}
