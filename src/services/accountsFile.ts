/** The name of the file of added accounts in the data folder. */
export const ACCOUNTS_FILE = 'accounts.json';
