/** What each of our programs calls itself to Luma and to other hosts. */
export const USER_AGENT = 'luma-sync/0.1';
