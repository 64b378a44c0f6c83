/** The themes that the window has itself; the terminal's colours are chosen for each (themes/chooseTheme.ts). */
export type ShownTheme = 'light' | 'dark' | 'high-contrast';
