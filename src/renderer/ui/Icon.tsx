/** The few line icons of the window, drawn here so that nothing is fetched. Decorative: a word or label always stands beside. */

const paths = {
  'chevron-right': 'M6 3.5 10.5 8 6 12.5',
  'chevron-down': 'M3.5 6 8 10.5 12.5 6',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.5 10.5 14 14',
  server: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  map: 'M2.5 4 6 2.5l4 1.5 3.5-1.5v9.5L10 13.5 6 12 2.5 13.5zM6 2.5V12M10 4v9.5',
  history: 'M2.8 6.2A5.5 5.5 0 1 1 2.5 9M2.5 3v3.4h3.4M8 5v3.3l2.3 1.4',
  key: 'M10.5 2.5a3 3 0 1 1-2.6 4.5L2.5 12.4V14H5v-1.6h1.6v-1.6h1.2L9 9.6',
  tunnel: 'M2 5h9.5M9 2.5 11.5 5 9 7.5M14 11H4.5M7 8.5 4.5 11 7 13.5',
  settings: 'M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 3v3M5.5 10v3',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
  terminal: 'M2.5 3h11v10h-11zM5 6l2 2-2 2M8.5 10.5h2.5',
  panel: 'M2.5 3h11v10h-11zM9.5 3v10',
  hosts: 'M2.5 3h11v10h-11zM6.5 3v10',
  warning: 'M8 2.5 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1',
  check: 'M3 8.5 6.5 12 13 4.5',
  lock: 'M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  up: 'M3.5 10 8 5.5 12.5 10',
  down: 'M3.5 6 8 10.5 12.5 6',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
