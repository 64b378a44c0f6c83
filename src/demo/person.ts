/** Where the person sits in the demo: on the internet, behind the office's addresses. */
export const OFFICE_IPV4 = '198.51.100.0/24';
export const OFFICE_IPV6 = '2001:db8:ffff::/48';
export const PERSON_IPV4 = '198.51.100.7';
export const PERSON_IPV6 = '2001:db8:ffff::7';
