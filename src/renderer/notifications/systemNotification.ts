/** Notifications of the system, by the page's own API: Electron shows them natively. Never asked for but by what a person does. */

export interface SystemNotification {
  readonly title: string;
  readonly text: string;
  /** The next one with the same tag takes its place. */
  readonly tag: string;
  readonly onClick: () => void;
}

export type NotificationPermissionState = NotificationPermission | 'none';

/** `none`: this browser has no notifications. */
export function notificationPermission(): NotificationPermissionState {
  return typeof Notification === 'undefined' ? 'none' : Notification.permission;
}

/** To be called by what a person clicked or pressed: browsers ask for nothing else. */
export async function askForNotifications(): Promise<NotificationPermissionState> {
  return notificationPermission() === 'default' ? Notification.requestPermission() : notificationPermission();
}

export function showNotification({ title, text, tag, onClick }: SystemNotification): void {
  if (notificationPermission() !== 'granted') return;
  const notification = new Notification(title, { body: text, tag });
  notification.onclick = () => {
    notification.close();
    onClick();
  };
}
