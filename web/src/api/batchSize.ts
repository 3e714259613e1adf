/** Images per request that concerns many: the API's maximum. */
export const BATCH_SIZE = 100;
