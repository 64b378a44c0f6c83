/** What the browser checks a user name of a host by; the contract checks it again. */
export const OS_USER_PATTERN = String.raw`[A-Za-z_][A-Za-z0-9_.@\\\-]{0,63}`;
