/** The demo account: two regions whose hosts tell the whole story of reaching, or not reaching, an EC2 instance. */
import type { EstateDeclaration } from './estateDeclaration.ts';
import { ohio } from './estateOhio.ts';
import { tokyo } from './estateTokyo.ts';

export const ACCOUNT_ID = '111122223333';

export const demoEstate: EstateDeclaration = { accountId: ACCOUNT_ID, userName: 'demo', regions: [tokyo, ohio] };
