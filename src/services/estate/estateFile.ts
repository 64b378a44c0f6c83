/** The name of the estate file in the data folder. */
export const ESTATE_FILE = 'estate.sqlite';
